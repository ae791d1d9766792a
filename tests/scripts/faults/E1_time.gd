# options: --max-time 1
# status: 124
while true { }
