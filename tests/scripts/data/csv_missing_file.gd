# status: 66
let d = csv("nowhere.csv", target: "y")   # expect error: nowhere.csv
