let x = zeros(true)   # expect error ~ .
