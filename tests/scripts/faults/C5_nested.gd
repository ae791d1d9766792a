let x = zeros([[2]])   # expect error ~ .
