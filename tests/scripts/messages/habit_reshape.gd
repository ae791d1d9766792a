let h = zeros(6); print(h.view(2, 3))   # expect error: `reshape(h, …)`
