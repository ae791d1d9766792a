# Dates and times are no classes in silence, in whatever form; what is read gives days, or parts of one.
# args: {tmp}
let path = "{args[0]}/t.csv"
fn told(text) {
  write(path, text)
  attempt(fn() = csv(path, target: "y")).error
}
print("in a form that is not read" in told("day,y\n31.01.2024,1\n01.02.2024,2\n"))      # expect: true
print("in a form that is not read" in told("day,y\n5 May 2024,1\n6 May 2024,2\n"))      # expect: true
print("holds dates or times" in told("at,y\n12:30,1\n09:15,2\n"))                      # expect: true
write(path, "at,y\n12:00,1\n18:00:00,2\n")
let d = csv(path, target: "y", kinds: (at: "date"))
print(d.x)                                                    # expect: [[0.5], [0.75]]
write("{args[0]}/z.csv", "at,y\n2024-01-04,0\n2024-01-01T10:00:00Z,1\n2024-01-02 10:00,2\n2024-01-03T12:00+02:00,3\n")
print(csv("{args[0]}/z.csv", target: "y", kinds: (at: "date")).x[3, 0] > 19725)   # expect: true
# expect stderr: column "at" has times with a zone (2, first in line 3) and without one (1, first in line 4), which are taken for UTC
write("{args[0]}/u.csv", "at,y\n2024-01-31T12:00:00Z,1\n")
csv("{args[0]}/u.csv", like: d)                               # expect error: "2024-01-31T12:00:00Z" in column "at": not a date
# status: 65
