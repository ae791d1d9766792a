let a = 1; let b = 2;; print(a + b)   # expect: 3
fn f() { let x = 1; x + 1 }; print(f())   # expect: 2
