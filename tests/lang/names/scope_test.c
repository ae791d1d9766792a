/* scope_test.c — names: what can be seen where, what is refused before anything runs, and both
 * places of a mistake. */
#include "tests/lang/running.h"

Test(scope, blocks_hide) {
  prints("let x = 1\n{ let x = 2; print(x) }\nprint(x)", "2\n1\n");
  prints("let x = 1\n{ let x = x + 1; print(x) }", "2\n");
  prints("let mean = mean([1, 2, 3])\nprint(mean)", "2\n");
  prints("fn f(x) { let x = x * 2; x }\nprint(f(4))", "8\n");
  prints("let sum = fn(a, b) = a + b\nprint(sum(1, 2))", "3\n");
}

Test(scope, declarations_are_known_throughout) {
  prints("print(f(3))\nfn f(x) = g(x) + 1\nfn g(x) = x * 2", "7\n");
  prints("{ print(f(1)); fn f(x) = x + 1 }", "2\n");
  prints("fn f() = later\nlet later = 5\nprint(f())", "5\n");
  prints("fn outer() { let f = fn() = v; let v = 7; f() }\nprint(outer())", "7\n");
  prints("fn f(n) = if n == 0 { \"even\" } else { g(n - 1) }\nfn g(n) = if n == 0 { \"odd\" } else "
         "{ f(n - 1) }\nprint(f(7))",
         "odd\n");
}

Test(scope, two_of_one_name) {
  fails("let a = 1\nlet a = 2", 65, 2, 5, "first declared here");
  fails("fn a() = 1\nlet a = 2", 65, 2, 5, "declared twice");
  fails("let (a, a) = (1, 2)", 65, 1, 9, "declared twice");
  fails("fn f(x, x) = x", 65, 1, 9, "declared twice");
  prints("let a = 1\nif true { let a = 2 }\nfor a in 1..2 { }\nprint(a)", "1\n");
}

Test(scope, above_the_let) {
  fails("print(a)\nlet a = 1", 65, 1, 7, "above its `let`");
  fails("let a = a", 65, 1, 9, "above its `let`");
  fails("fn f() { print(q); let q = 1 }", 65, 1, 16, "t.gd:1:24");
  fails("fn f() = w\nf()\nlet w = 1", 1, 1, 10, "used before its `let`");
}

Test(scope, unknown_names_suggest) {
  fails("let learning_rate = 1\nprint(learning_rat)", 65, 2, 7, "learning_rate");
  fails("print(meen([1]))", 65, 1, 7, "`mean`");
  fails("print(pust([1], 1))", 65, 1, 7, "`push`");
  fails("let o = Adaam()", 65, 1, 9, "`Adam`");
}

Test(scope, assignment) {
  fails("x = 1", 65, 1, 1, "`let x = …` declares one");
  fails("x[0] = 1", 65, 1, 1, "never declared");
  fails("sum = 1", 65, 1, 1, "standard name");
  fails("fn f() = 1\nf = 2", 65, 2, 1, "a declaration");
  fails("let t = (a: 1)\nt.a = 2", 1, 2, 1, "cannot be assigned");
  fails("model M { param w = 1\nfn forward(x) { w = x } }", 65, 2, 17, "a param");
  fails("model M { let w = 1\nfn forward(x) { w = x } }", 65, 2, 17, "constant");
}

Test(scope, jumps_and_bodies) {
  fails("return 1", 65, 1, 1, "outside of a function");
  fails("if true { break }", 65, 1, 11, "outside of a loop");
  fails("for i in 1..2 { let f = fn() { continue } }", 65, 1, 32, "outside of a loop");
  fails("param w = 1", 65, 1, 1, "outside the body of a model");
  fails("model M { if true { buffer b = 1 } }", 65, 1, 21, "outside the body");
  fails("model M { state b = 1 }", 65, 1, 11, "outside the body of an optimizer");
  fails("optimizer O(lr = 1) { state v = 0 }", 65, 1, 11, "fn step(p, g)");
}

Test(scope, calls_are_checked_before_anything_runs) {
  fails("print(1)\nfn f(a, b = 2) = a\nf()", 65, 3, 1, "is missing its argument `a`");
  fails("fn f(a, b = 2) = a\nf(1, 2, 3)", 65, 2, 9, "declared here: f(a, b = …)");
  fails("fn f(a) = a\nf(c: 1)", 65, 2, 3, "no parameter `c`");
  fails("fn f(a) = a\nf(1, a: 1)", 65, 2, 6, "given twice");
  fails("max(1, 2)", 65, 1, 8, "maximum");
  fails("sum([1], 0)", 65, 1, 10, "`axis:` is given by name");
  fails("let o = Adam(learning: 0.1)", 65, 1, 14, "learning");
  fails("print(sep: 1)", 65, 1, 7, "no parameter `sep`");
  fails("model M(n) { fn forward(x) = x }\nM()", 65, 2, 1, "is missing its argument `n`");
}

Test(scope, several_mistakes_are_told_together) {
  Ran ran = run_text("print(aaa)\nbbb = 1\nlet c = 1\nlet c = 2\nprint(ddd)");
  cr_assert_eq(ran.status, 65);
  cr_assert_str_empty(ran.printed);
  static const char *const words[] = {"aaa", "bbb", "`c`", "ddd"};
  for (int i = 0; i < COUNT_OF(words); i++)
    cr_assert(strstr(ran.told.data, words[i]), "%s", words[i]);
  ran_free(&ran);
}

Test(scope, clauses) {
  static const char head[] = "let w = param(0)\n";
  char text[400];
  snprintf(text, sizeof text, "%strain w { loss: w^2\noptimiser: GD(lr: 0.1)\nsteps: 1 }", head);
  fails(text, 65, 3, 1, "optimizer");
  snprintf(text, sizeof text, "%strain w { loss: w^2\nloss: w^2\nsteps: 1 }", head);
  fails(text, 65, 3, 1, "twice");
  snprintf(text, sizeof text, "%strain w { loss: w^2; steps: 1; stop: los < 1 }", head);
  fails(text, 65, 2, 38, "`loss`");
  snprintf(text, sizeof text, "%strain w { loss: grad_norm; steps: 1 }", head);
  fails(text, 65, 2, 17, "unknown name");
  snprintf(text, sizeof text,
           "%sfn f() { train w { loss: w^2; steps: 1; each_step: { return 1 } } }", head);
  fails(text, 65, 2, 54, "outside of a function");
}

Test(scope, many_names_are_quick) {
  Text text = {0};
  for (int i = 0; i < 50000; i++) text_format(&text, "let name%d = %d\n", i, i);
  text_string(&text, "print(name49999)");
  prints(text.data, "49999\n");
  text_free(&text);
}

Test(scope, a_session_may_declare_again_and_forgets_what_failed) {
  Telling telling;
  Vm *vm = running_vm(&telling, &(Options){0});
  ModuleObject *module = module_new(vm, "session", true);
  static const struct {
    const char *text, *printed, *told;
  } lines[] = {
      {"let x = 1; let xs = list(1, 2)", "", ""},
      {"let x = x + 1", "", ""},
      {"fn f() = x", "", ""},
      {"print(x, f())", "2 2\n", ""},
      {"let y = 5; xs[0] = 9; x = 77; error(\"stop\")", "", "stop"},
      {"print(x, xs)", "2 [1, 2]\n", ""},
      {"print(y)", "", "unknown name `y`"},
      {"let y = nothere", "", "unknown name `nothere`"},
      {"print(y)", "", "unknown name `y`"},
      {"fn f() = x * 10", "", ""},
      {"print(f())", "20\n", ""},
  };
  for (int i = 0; i < COUNT_OF(lines); i++) {
    Ran ran = running_text(&telling, module, "line", lines[i].text);
    cr_assert_str_eq(ran.printed, lines[i].printed, "%s: %s", lines[i].text,
                     ran.told.data ? ran.told.data : "");
    cr_assert(lines[i].told[0] ? strstr(ran.told.data, lines[i].told) != NULL
                               : ran.told.length == 0,
              "%s: %s", lines[i].text, ran.told.data);
    ran_free(&ran);
  }
  vm_free(vm);
}
