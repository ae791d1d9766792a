let x = zeros(4294967296, 4294967296)   # expect error: 4294967296
