fn area(w, h = 1, scale = 1) = w * h * scale
print(area(2), area(2, 3), area(2, scale: 4), area(h: 5, w: 2))   # expect: 2 6 8 10
print(area(2, 3,))                                                # expect: 6
