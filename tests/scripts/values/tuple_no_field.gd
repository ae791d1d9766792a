let t = (x: 1, yellow: 2)
print(t.yelow)   # expect error: yellow
