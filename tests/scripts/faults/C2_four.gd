let x = zeros(65536, 65536, 65536, 65536)   # expect error: 65536
