let x = zeros(0 / 0)   # expect error ~ .
