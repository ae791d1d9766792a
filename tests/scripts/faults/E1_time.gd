# options: --max-time 1
# status: 1
while true { }
