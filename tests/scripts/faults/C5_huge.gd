let x = zeros(1e30)   # expect error ~ .
