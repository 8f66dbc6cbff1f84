// Package jsonlogic evaluates JSON Logic rules (https://jsonlogic.com) as json-logic-js 2.0.5 does, with JavaScript's
// coercions, and within limits that make a rule of a stranger safe to run.
//
//	rule, err := jsonlogic.Compile(map[string]any{"<": []any{map[string]any{"var": "state.1.words"}, 300}})
//	short, err := rule.Apply(data)
//
// # Rules
//
//	rule                                   is
//	{"+": [1, 2]}                          an operation: an object with exactly one member
//	{"var": "a"}                           the same as {"var": ["a"]}: a single argument needs no list
//	{"a": 1, "b": {"var": "x"}}, {}        data: not one member, so nothing in it is evaluated
//	[1, {"var": "x"}]                      a list whose items are evaluated
//	Literal{…}                             data, whatever it looks like
//	"text", 1, true, null                  itself
//
// # Operations
//
//	operation                              gives
//	== != === !==                          comparison by JavaScript's rules: "1" == 1, null == only null and undefined
//	< <= with 2 or 3 arguments, > >=       order: texts by UTF-16 code units, else as numbers; {"<": [1, x, 9]}
//	! !!                                   truth, for which [] is false (see LogicTruthy)
//	and, or                                the argument that decided it
//	if, ?:                                 condition, branch, condition, branch, …, else
//	var                                    the value at a path of the data, else its second argument, else null;
//	                                       paths reach into lists and texts by index, and to their "length"
//	missing, missing_some                  those of the keys at which the data has nothing, null or ""
//	in                                     whether a list has an item, or a text another
//	cat, substr                            text; substr counts UTF-16 code units
//	+ *                                    numbers by parseFloat: "3 kg" is 3, null and true are none
//	- / % min max                          numbers by Number: "3 kg" is none, null is 0
//	merge, map, filter, reduce             lists
//	all, some, none                        whether that many items satisfy a rule
//	log                                    its argument; nothing is printed
//
// A rule that comes to any other operation fails with an [UnknownOperatorError], "method" included.
//
// # What is not as in json-logic-js, on purpose
//
//   - Inherited members of JavaScript objects are not found: {"var": "constructor"} is null unless the data has such a
//     member. Nor are they operations: {"var.prototype.constructor": […]} is unknown.
//   - The keys given to missing and missing_some are data. json-logic-js evaluates them again, so that an event that
//     brings {"cat": …} as a key brings an operation along.
//   - A number that is only passed on keeps its text, 9007199254740993 and 1e400 too. Once it is compared, calculated
//     with or made text it is the nearest double, as in JavaScript: 9007199254740993 == 9007199254740992.
//   - A result that is NaN, infinite or undefined is nil, within lists too, as JSON.stringify makes it null; an
//     undefined member of the object that "reduce" sees is left out. Half of a surrogate pair at the end is U+FFFD.
//   - The limits [MaxDepth] to [MaxResultText].
package jsonlogic
