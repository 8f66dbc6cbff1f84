package expr

import (
	"fmt"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
)

// replaced maps the operators whose treatment of missing values differs from CEL's to functions of this package.
var replaced = map[string]string{
	operators.Equals:        fnEquals,
	operators.NotEquals:     fnNotEquals,
	operators.Less:          fnLess,
	operators.LessEquals:    fnLessEquals,
	operators.Greater:       fnGreater,
	operators.GreaterEquals: fnGreaterEquals,
	operators.Add:           fnAdd,
	operators.LogicalAnd:    fnAnd,
	operators.LogicalOr:     fnOr,
}

// structural operators are part of how a value is found or of how a macro loops; they keep CEL's meaning.
var structural = map[string]bool{
	operators.Index:            true,
	operators.OptIndex:         true,
	operators.OptSelect:        true,
	operators.NotStrictlyFalse: true,
}

// rewrite turns CEL into Inngest's dialect in place, innermost calls first.
func rewrite(root ast.Expr) {
	factory := ast.NewExprFactory()
	ast.PostOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind {
			return
		}
		call := e.AsCall()
		name := call.FunctionName()
		switch {
		case structural[name]:
		case replaced[name] != "":
			e.SetKindCase(factory.NewCall(e.ID(), replaced[name], call.Args()...))
		case name == operators.Conditional:
			args := call.Args()
			condition := factory.NewCall(args[0].ID(), fnTruthy, factory.CopyExpr(args[0]))
			e.SetKindCase(factory.NewCall(e.ID(), name, condition, args[1], args[2]))
		case name == overloads.Size:
			e.SetKindCase(factory.NewCall(e.ID(), fnSize, guarded(factory, e, call)...))
		default:
			e.SetKindCase(factory.NewCall(e.ID(), fnGuard, guarded(factory, e, call)...))
		}
	}))
}

// guarded lists the operands of a call, then the call itself.
func guarded(factory ast.ExprFactory, e ast.Expr, call ast.CallExpr) []ast.Expr {
	var operands []ast.Expr
	if call.IsMemberFunction() {
		operands = append(operands, call.Target())
	}
	operands = append(operands, call.Args()...)
	return append(operands, factory.CopyExpr(e))
}

var allowedFunctions = map[string]bool{
	operators.Conditional: true, operators.LogicalAnd: true, operators.LogicalOr: true, operators.LogicalNot: true,
	operators.Equals: true, operators.NotEquals: true, operators.Less: true, operators.LessEquals: true,
	operators.Greater: true, operators.GreaterEquals: true, operators.Index: true, operators.OptIndex: true,
	operators.OptSelect: true, operators.In: true,
	overloads.TypeConvertBool: true, overloads.TypeConvertBytes: true, overloads.TypeConvertDouble: true,
	overloads.TypeConvertDuration: true, overloads.TypeConvertDyn: true, overloads.TypeConvertInt: true,
	overloads.TypeConvertString: true, overloads.TypeConvertTimestamp: true, overloads.TypeConvertType: true,
	overloads.TypeConvertUint: true,
}

// checkRestricted finds the first thing that Inngest does not allow in a cancellation condition.
func checkRestricted(root ast.Expr) error {
	var found error
	ast.PostOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		if found != nil {
			return
		}
		switch e.Kind() {
		case ast.ComprehensionKind:
			found = fmt.Errorf("macros are not allowed here")
		case ast.SelectKind:
			if e.AsSelect().IsTestOnly() {
				found = fmt.Errorf("macros are not allowed here (uses has)")
			}
		case ast.CallKind:
			if name := e.AsCall().FunctionName(); !allowedFunctions[name] {
				found = fmt.Errorf("function calls are not allowed here (uses %s)", name)
			}
		}
	}))
	return found
}
