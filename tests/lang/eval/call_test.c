/* call_test.c — calls: arguments find their parameters, shapes are held to, models and losses are
 * functions. */
#include "lang/eval/call.h"
#include "tests/lang/running.h"

Test(call, positions_names_defaults) {
  prints("fn f(a, b = a * 2, c = a + b) = (a, b, c)\nprint(f(1), f(1, 5), f(1, c: 0), f(c: 1, b: "
         "2, a: 3))",
         "(1, 2, 3) (1, 5, 6) (1, 2, 0) (3, 2, 1)\n");
  prints("let n = 0\nfn next() { n += 1; n }\nfn f(a = next()) = a\nprint(f(), f(), f(9), n)",
         "1 2 9 2\n");
}

Test(call, rest_and_spread) {
  prints(
      "fn f(a, rest...) = (a, rest)\nprint(f(1), f(1, 2, 3), f(list(7, 8)...), f(1, (2, 3)..., 4))",
      "(1, []) (1, [2, 3]) (7, [8]) (1, [2, 3, 4])\n");
  fails("fn f(a, b) = a\nlet xs = list(1, 2, 3)\nf(xs...)", 1, 3, 3,
        "2 arguments by position, 3 given");
  fails("fn f(a) = a\nf(3...)", 1, 2, 3, "can be spread");
}

Test(call, targets_known_only_at_run_time) {
  fails("let f = [fn(a) = a][0]\nf(1, 2)", 1, 2, 6, "takes 1 argument");
  fails("let f = [fn(a) = a][0]\nf(b: 2)", 1, 2, 3, "no parameter `b`");
  fails("let f = 3\nf(1)", 1, 2, 1, "a number cannot be called");
  fails("let f = sum\nf()", 1, 2, 1, "is missing its argument");
}

Test(call, functions_as_values) {
  prints("let twice = fn(f) = fn(x) = f(f(x))\nprint(twice(fn(x) = x * 3)(2), [1, 2] |> sum, 3 |> "
         "fn(x) = x + 1)",
         "18 3 4\n");
  prints("fn add(a, b) = a + b\nprint(1 |> add(2), 1 |> add(b: 5), reduce(add, [1, 2, 3], 0))",
         "3 6 6\n");
}

Test(call, shapes_bind_and_agree) {
  prints("fn f(x: [N, D], y: [N]) = (N, D)\nprint(f(zeros(2, 3), zeros(2)))", "(2, 3)\n");
  prints("fn f(x: [.., D]) = D\nprint(f(zeros(4, 5, 6)), f(zeros(6)))", "6 6\n");
  prints("fn f(x: []) = x\nprint(f(3), f(sum([1, 2])))", "3 3\n");
  prints("fn f(x: i32[N]) = N\nprint(f(argsort([3, 1])))", "2\n");
  prints("let D = 3\nfn f(x: [2*D, D]) = \"fits\"\nprint(f(zeros(6, 3)))", "fits\n");
  prints("let K = [1, 2]\nfn f(x: [K]) = sum(K)\nprint(f(zeros(7)))", "3\n");
  prints("fn f(n, x: [n]) = n\nprint(f(2, zeros(2)))", "2\n");
  prints("fn f(x: [N], w = ones(N)) = sum(x * w)\nprint(f([1, 2]))", "3\n");
}

Test(call, shapes_that_do_not_fit) {
  fails("fn f(x: [N, D], y: [N]) = x\nf(zeros(2, 3), zeros(4))", 1, 2, 16, "`N` is 2 by `x`");
  fails("fn f(x: [N, 3]) = x\nf(zeros(2))", 1, 2, 3, "1 axis given, 2 expected");
  fails("fn f(x: [.., 2, 3]) = x\nf(zeros(3))", 1, 2, 3, "at least 2");
  fails("fn f(x: i32[2]) = x\nf([1, 2])", 1, 2, 3, "i32 is expected");
  fails("fn f(x: [2]) = x\nf(\"a\")", 1, 2, 3, "a string is given");
  fails("let D = 3\nfn f(x: [2*D]) = x\nf(zeros(5))", 1, 3, 3, "`2*D` is 6");
  fails("fn f(x: [N, 3]) -> [N, 4] = x\nf(zeros(2, 3))", 1, 1, 29, "called here");
}

Test(call, a_loss_gives_one_number) {
  prints("loss l(x) = sum(x)\nprint(l([1, 2]))", "3\n");
  fails("loss l(x) = x * 2\nl([1, 2])", 1, 1, 13, "must give one number");
  fails("loss l(x) = \"a\"\nl(1)", 1, 1, 13, "it gives a string");
}

Test(call, models_are_made_and_called) {
  prints("model M(a, b = a) { let c = a + b\nfn forward(x) = x * c\nfn other() = c }\nlet m = "
         "M(1)\nprint(m(2), m.other(), m.c, m.a, m)",
         "4 2 2 1 M(a: 1, b: 1)\n");
  prints(
      "model Outer { let inner = list(Inner(2), Inner(3))\nfn forward(x) = inner[1](inner[0](x)) "
      "}\nmodel Inner(k) { fn forward(x) = x * k }\nprint(Outer()(1), Outer().inner.0.k)",
      "6 2\n");
  fails("model M { let a = 1 }\nlet m = M()\nm(1)", 1, 3, 1, "no `forward`");
  fails("model M { let abc = 1 }\nM().abd", 65, 2, 5, "abc");
  fails("model M { let abc = 1 }\n[M()][0].abd", 1, 2, 10, "abc");
}

Test(call, signatures) {
  Names *names = names_new();
  Signature *signature =
      signature_parse(names, "csv(path, more = none, target: none, sep: \",)\", rest...)");
  cr_assert_str_eq(signature->name, "csv");
  cr_assert_eq(signature->count, 5);
  static const FormalKind kinds[] = {FORMAL_REQUIRED, FORMAL_OPTIONAL, FORMAL_NAMED, FORMAL_NAMED,
                                     FORMAL_REST};
  static const char *const formals[] = {"path", "more", "target", "sep", "rest"};
  for (int i = 0; i < 5; i++) {
    cr_assert_eq(signature->formals[i].kind, kinds[i]);
    cr_assert_str_eq(signature->formals[i].name, formals[i]);
  }
  mem_free(signature);
  names_free(names);
}

Test(call, collections) {
  prints("print(map(fn(x) = x * 2, 1..3), filter(fn(x) = x > 1, [1, 2, 3]), zip(1..3, \"ab\"), "
         "enumerate([\"x\"]))",
         "[2, 4, 6] [2, 3] [(1, \"a\"), (2, \"b\")] [(0, \"x\")]\n");
  prints("print(reduce(fn(a, b) = a * b, 1..5), keys((a: 1, b: 2)), range_of([\"a\", \"b\"]), "
         "len(1..4), len(\"äb\"))",
         "120 [\"a\", \"b\"] 0..1 4 2\n");
  fails("reduce(fn(a, b) = a, [])", 1, 1, 22, "nothing to reduce");
  fails("push([[1], [2]], 3)", 1, 1, 6, "concat");
}

Test(call, text) {
  prints("print(split(\"a,b,,c\", \",\"), split(\"  x  y \"), join([\"a\", \"b\"], \"-\"), trim(\" "
         "a \"))",
         "[\"a\", \"b\", \"\", \"c\"] [\"x\", \"y\"] a-b a\n");
  prints("print(upper(\"straße é\"), lower(\"ÀΩЖ\"), replace(\"banana\", \"an\", \"A\"), "
         "find(\"añb\", \"b\"), find(\"a\", \"z\"))",
         "STRASSE É àωж bAAa 2 none\n");
  prints("print(starts_with(\"abc\", \"ab\"), ends_with(\"abc\", \"bc\"), number(\" 2.5 \"), "
         "number(true), str(none))",
         "true true 2.5 1 none\n");
  fails("number(\"2x\")", 1, 1, 8, "`2x` is not a number");
}

Test(call, the_program) {
  Ran ran = run_text("print(1)\nexit(7)\nprint(2)");
  cr_assert_eq(ran.status, 7);
  cr_assert_str_eq(ran.printed, "1\n");
  cr_assert_eq(ran.told.length, 0u);
  ran_free(&ran);
  fails("assert(1 == 2, \"no way\")", 1, 1, 1, "no way");
  fails("error(\"because\")", 1, 1, 1, "because");
  fails("exit(300)", 1, 1, 6, "255");
}
