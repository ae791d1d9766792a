# options: --max-time 1
let i = 0
while true { i += 1 }
# status: 124
