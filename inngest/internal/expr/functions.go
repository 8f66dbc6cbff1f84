package expr

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// Names that no source text can contain, so that only rewriting produces them.
const (
	fnEquals        = "@inngest_eq"
	fnNotEquals     = "@inngest_ne"
	fnLess          = "@inngest_lt"
	fnLessEquals    = "@inngest_le"
	fnGreater       = "@inngest_gt"
	fnGreaterEquals = "@inngest_ge"
	fnAdd           = "@inngest_add"
	fnAnd           = "@inngest_and"
	fnOr            = "@inngest_or"
	fnTruthy        = "@inngest_truthy"
	fnSize          = "@inngest_size"
	fnGuard         = "@inngest_guard"
)

func newEnvironment() (*cel.Env, error) {
	variable := cel.MapType(cel.StringType, cel.DynType)
	return cel.NewEnv(
		cel.Variable("event", variable),
		cel.Variable("async", variable),
		binary(fnEquals, equals),
		binary(fnNotEquals, notEquals),
		binary(fnLess, ordering(true, false, func(c int64) bool { return c < 0 })),
		binary(fnLessEquals, ordering(true, false, func(c int64) bool { return c <= 0 })),
		binary(fnGreater, ordering(false, true, func(c int64) bool { return c > 0 })),
		binary(fnGreaterEquals, ordering(false, true, func(c int64) bool { return c >= 0 })),
		binary(fnAdd, add),
		binary(fnAnd, func(l, r ref.Val) ref.Val { return pick(!truthy(l), l, r) }),
		binary(fnOr, func(l, r ref.Val) ref.Val { return pick(truthy(l), l, r) }),
		cel.Function(fnTruthy, cel.Overload(fnTruthy, []*cel.Type{cel.DynType}, cel.BoolType,
			cel.OverloadIsNonStrict(), cel.UnaryBinding(func(v ref.Val) ref.Val { return types.Bool(truthy(v)) }))),
		variadic(fnSize, types.IntZero),
		variadic(fnGuard, types.False),
		text("lowercase", strings.ToLower),
		text("uppercase", strings.ToUpper),
		text("b64decode", func(s string) string {
			decoded, err := base64.StdEncoding.DecodeString(s)
			if err != nil {
				return ""
			}
			return string(decoded)
		}),
		cel.Function("json_parse", cel.Overload("json_parse", []*cel.Type{cel.StringType}, variable,
			cel.UnaryBinding(parseJSON))),
	)
}

func binary(name string, f func(l, r ref.Val) ref.Val) cel.EnvOption {
	return cel.Function(name, cel.Overload(name, []*cel.Type{cel.DynType, cel.DynType}, cel.DynType,
		cel.OverloadIsNonStrict(), cel.BinaryBinding(f)))
}

// variadic declares a function of n operands and a result: the result, unless an operand is missing.
func variadic(name string, otherwise ref.Val) cel.EnvOption {
	const most = 8
	choose := func(values ...ref.Val) ref.Val {
		last := len(values) - 1
		for _, v := range values[:last] {
			if isMissing(v) {
				return otherwise
			}
		}
		return values[last]
	}
	var overloads []cel.FunctionOpt
	arguments := []*cel.Type{cel.DynType}
	for n := range most {
		binding := cel.FunctionBinding(choose)
		switch n {
		case 0:
			binding = cel.UnaryBinding(func(v ref.Val) ref.Val { return v })
		case 1:
			binding = cel.BinaryBinding(func(l, r ref.Val) ref.Val { return choose(l, r) })
		}
		overloads = append(overloads, cel.Overload(fmt.Sprintf("%s_%d", name, n),
			append([]*cel.Type(nil), arguments...), cel.DynType, cel.OverloadIsNonStrict(), binding))
		arguments = append(arguments, cel.DynType)
	}
	return cel.Function(name, overloads...)
}

func text(name string, f func(string) string) cel.EnvOption {
	return cel.Function(name, cel.Overload(name, []*cel.Type{cel.StringType}, cel.StringType,
		cel.UnaryBinding(func(v ref.Val) ref.Val {
			s, _ := v.Value().(string)
			return types.String(f(s))
		})))
}

func parseJSON(v ref.Val) ref.Val {
	s, _ := v.Value().(string)
	parsed := map[string]any{}
	if err := json.Unmarshal([]byte(s), &parsed); err != nil {
		return types.NewErr("json_parse: %v", err)
	}
	return types.DefaultTypeAdapter.NativeToValue(parsed)
}

func isMissing(v ref.Val) bool { return v == nil || types.IsUnknownOrError(v) }

func isNull(v ref.Val) bool { return !isMissing(v) && v.Type() == types.NullType }

func equals(l, r ref.Val) ref.Val {
	if isMissing(l) || isMissing(r) {
		return types.Bool(isNull(l) || isNull(r))
	}
	return types.Equal(l, r)
}

func notEquals(l, r ref.Val) ref.Val {
	eq, ok := equals(l, r).(types.Bool)
	return types.Bool(!ok || !bool(eq))
}

func ordering(leftMissing, rightMissing bool, accept func(int64) bool) func(l, r ref.Val) ref.Val {
	return func(l, r ref.Val) ref.Val {
		if isMissing(l) {
			return types.Bool(leftMissing)
		}
		if isMissing(r) {
			return types.Bool(rightMissing)
		}
		// null counts as the zero value of the other side's type.
		if isNull(l) {
			l = zeroOf(r)
		}
		if isNull(r) {
			r = zeroOf(l)
		}
		comparer, ok := l.(traits.Comparer)
		if !ok {
			return types.NewErr("no such overload")
		}
		result, ok := comparer.Compare(r).(types.Int)
		if !ok {
			return types.NewErr("no such overload")
		}
		return types.Bool(accept(int64(result)))
	}
}

func zeroOf(v ref.Val) ref.Val {
	switch v.Type() {
	case types.IntType:
		return types.IntZero
	case types.UintType:
		return types.Uint(0)
	case types.DoubleType:
		return types.Double(0)
	case types.StringType:
		return types.String("")
	}
	return types.NullValue
}

func add(l, r ref.Val) ref.Val {
	if isMissing(l) && isMissing(r) {
		return types.False
	}
	if isMissing(l) {
		return r
	}
	if isMissing(r) {
		return l
	}
	adder, ok := l.(traits.Adder)
	if !ok {
		return types.NewErr("no such overload")
	}
	return adder.Add(r)
}

func pick(left bool, l, r ref.Val) ref.Val {
	if left {
		return l
	}
	return r
}

// truthy is JavaScript's notion of truth; a missing value is not true.
func truthy(v ref.Val) bool {
	if isMissing(v) {
		return false
	}
	switch value := v.Value().(type) {
	case bool:
		return value
	case string:
		return value != ""
	case int64:
		return value != 0
	case uint64:
		return value != 0
	case float64:
		return value != 0
	}
	return !isNull(v)
}
