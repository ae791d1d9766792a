let x = zeros(1.5)   # expect error: 1.5
