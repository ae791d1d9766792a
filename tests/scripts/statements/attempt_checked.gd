# check
# status: 65
let r = attempt(fn() = zeros(2, 3) @ zeros(2, 3))    # an error that the script expects
if r.ok { print(r.value) } else { print(r.error) }
print(zeros(2, 3) @ zeros(4, 3))                     # expect error: 3 and 4
