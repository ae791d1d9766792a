let t = csv("table.csv")
print(t)
