# options: --max-steps 100000
# status: 1
while true { }
