let x = zeros(4611686018427387910)   # expect error ~ .
