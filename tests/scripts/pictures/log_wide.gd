# The margin of a logarithmic axis goes beyond all numbers, its marks do not.
plot(f64([1e-300, 1e300]), log: "y", width: 30, height: 6)
# expect:   1e220┤                ⣀⡠⠤⠒
# expect:        │          ⣀⡠⠤⠒⠊⠉
# expect:       1┤    ⣀⡠⠤⠒⠊⠉
# expect:  1e-220┤⠤⠒⠊⠉
# expect:        └┬─────────┬─────────┬
# expect:        0.0       0.5       1.0
