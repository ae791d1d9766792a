# args: {tmp}
# Kinds of columns by name: money as numbers, dates as days, class numbers, columns beside x.
let t = args[0]
write("{t}/a.csv", "id,price,day,shop,w\n70,\"$1,200\",1970-01-03,north,5\n71,($4),1970/01/01 12:00,south,6\n72,$7,1969-12-31,north,7\n")
let d = csv("{t}/a.csv", kinds: (id: "keep", price: "number", day: "date", shop: "code"), drop: "w")
print(d.names, d.x)                  # expect: ["price", "day", "shop"] [[1200, 2, 0], [-4, 0.5, 1], [7, -1, 0]]
print(d["id"], d[1:]["id"], d.classes)         # expect: [70, 71, 72] [71, 72] dict(shop: ["north", "south"])
print(csv("{t}/a.csv", columns: ["id", "w"], kinds: (id: "class")).names)  # expect: ["id=70", "id=71", "id=72", "w"]
print(csv("{t}/a.csv", target: ("w", "id"), columns: ["shop"]).y)       # expect: [[5, 70], [6, 71], [7, 72]]
print(csv("{t}/a.csv", target: "w", columns: ["w"]))     # expect error: the target is never a feature
# status: 1
