/* module_test.c — files that import each other, test blocks, and what `gd check` finds without
 * running. */
#include "tests/lang/running.h"
#include "tests/runtime/io/folder.h"

#include <sys/stat.h>

TestSuite(module, .init = folder_make, .fini = folder_remove);

static void put(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  cr_assert(file);
  fputs(text, file);
  fclose(file);
}

Test(module, names_of_an_import) {
  mkdir("lib", 0700);
  put("lib/blocks.gd", "import \"more.gd\"\nlet k = 5\nfn twice(x) = more.double(x)\nmodel Unit(n "
                       "= 2) { fn forward(x) = x * n }\n");
  put("lib/more.gd", "fn double(x) = 2 * x\nprint(\"once\")\n");
  prints("import \"lib/blocks.gd\"\nimport \"lib/more.gd\"\nprint(blocks.k, blocks.twice(4), "
         "more.double(3), blocks.Unit(n: 3)(5))",
         "once\n5 8 6 15\n");
  fails("import \"lib/blocks.gd\"\nblocks.kk", 65, 2, 8, "declares no `kk`");
  fails("import \"lib/blocks.gd\"\nblocks.twice()", 65, 2, 1, "is missing its argument `x`");
  fails("let blocks = 1\nimport \"lib/blocks.gd\"", 65, 2, 1, "declared twice");
}

Test(module, mistakes_of_an_import) {
  put("a.gd", "import \"b.gd\"\n");
  put("b.gd", "import \"a.gd\"\n");
  put("bad.gd", "let x = \nprint(\n");
  put("late.gd", "fn f(x) = x[10]\n");
  fails("import \"a.gd\"", 65, 1, 1, "a.gd → b.gd → a.gd");
  fails("import \"none.gd\"", 66, 1, 1, "no such file");
  fails("fn f() { import \"a.gd\" }", 65, 1, 10, "top level");
  fails("import \"bad.gd\"", 65, 3, 1, "bad.gd");
  fails("import \"late.gd\"\nlate.f([1])", 1, 1, 13, "late.gd");
}

Test(module, a_chain_has_an_end) {
  for (int i = 0; i < 120; i++) {
    char path[32], text[64];
    snprintf(path, sizeof path, "d%d.gd", i);
    snprintf(text, sizeof text, "import \"d%d.gd\"\n", i + 1);
    put(path, text);
  }
  put("d120.gd", "let x = 1\n");
  fails("import \"d0.gd\"", 65, 1, 1, "more than 100 files");
  prints("import \"d60.gd\"\nprint(d60.d61)", "module d61\n");
}

Test(module, tests_run_only_when_asked) {
  static const char text[] = "let x = 1\ntest \"fine\" { assert(x == 1) }\ntest \"bad\" { assert(x "
                             "== 2) }\ntest \"worse\" { error(\"oh\") }\nprint(\"end\")";
  prints(text, "end\n");
  Telling telling;
  Vm *vm = running_vm(&telling, &(Options){0});
  vm->testing = true;
  Ran ran = running_text(&telling, module_new(vm, "main", false), "t.gd", text);
  cr_assert_str_eq(ran.printed, "end\n");
  cr_assert_eq(vm->tests_run, 3);
  cr_assert_eq(vm->tests_failed, 2);
  cr_assert(strstr(ran.told.data, "in the test \"bad\"") && strstr(ran.told.data, "oh"));
  ran_free(&ran);
  vm_free(vm);
}

static void check_says(const char *text, int errors, const char *words) {
  Ran ran = run_with(text, &(Options){0}, RUN_CHECK);
  const char *told = ran.told.data ? ran.told.data : "";
  int count = 0;
  for (const char *at = told; (at = strstr(at, "error: ")) != NULL; at++) count++;
  cr_assert_eq(count, errors, "%s\n%s", text, told);
  cr_assert_eq(ran.status != 0, errors > 0, "%s: status %d", text, ran.status);
  cr_assert(strstr(told, words), "%s\n%s", text, told);
  cr_assert_str_empty(ran.printed);
  ran_free(&ran);
}

Test(module, check_runs_nothing_and_reports_all) {
  check_says("print(\"no\")\nexit(3)\nerror(\"x\")", 0, "");
  check_says("let a = zeros(3, 4)\nlet c = a @ zeros(5, 6)\nlet d = c + 1\nprint(a + zeros(2, 2))",
             2, "4 and 5");
  check_says(
      "let m = max(rand(4))\nlet k = if m > 0.5 { 3 } else { 4 }\nprint(zeros(k) + zeros(9))", 0,
      "");
  check_says("if sum(rand(3)) > 1 { zeros(2) + zeros(3) } else { zeros(4) + zeros(5) }", 2,
             "4 and 5");
  check_says("let n = 0\nwhile true { n += 1 }\nzeros(2) + zeros(3)", 1, "2 and 3");
  check_says("fn f(x) = f(x)\nf(1)\nfn fib(n) = if n < 2 { n } else { fib(n - 1) + fib(n - 2) "
             "}\nfib(max(rand(9)))\nfib(40)",
             0, "");
  check_says("while max(rand(2)) > 1 { let a = zeros(2) + zeros(3) }", 1, "2 and 3");
}

Test(module, check_calls_what_shapes_describe) {
  check_says("fn f(x: [N, 4]) = x @ zeros(5, 6)", 1, "4 and 5");
  check_says("fn f(x: [N, 4], y: [N]) -> [N, 2] = x", 1, "not 2");
  check_says("fn f(x: [N, 4], k) = if k > 1 { x } else { sum(x) }", 0, "");
  check_says("model Net { let a = Dense(8, 16)\nlet b = Dense(17, 2)\nfn forward(x: [N, 8]) -> [N, "
             "2] = x |> a |> b }\nlet net = Net()",
             1, "`inputs` is 17");
}
