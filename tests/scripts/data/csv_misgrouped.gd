# Thousands in groups of another size than three: the message says so, whatever the sign is.
# args: {tmp}
let path = "{args[0]}/t.csv"
fn told(cell, thousands) {
  write(path, "a;b\n1;{cell}\n2;1{thousands}234\n")
  attempt(fn() = csv(path, separator: ";", thousands: thousands, decimal: if thousands == "." { "," } else { "." })).error
}
print("`thousands:` separates groups of three digits" in told("1,23", ","))    # expect: true
print("`thousands:` separates groups of three digits" in told("-1'2345", "'"))   # expect: true
print("`thousands:` separates groups of three digits" in told("1.23", "."))    # expect: true
