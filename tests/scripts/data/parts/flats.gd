fn table() = csv("{here}/flats.csv", target: "price")
let folder = here
