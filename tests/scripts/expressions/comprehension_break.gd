# status: 65
for k in 1..3 {
  let xs = [if x > k { break } else { x } for x in 1..9]    # expect error: `break` is outside of a loop
}
