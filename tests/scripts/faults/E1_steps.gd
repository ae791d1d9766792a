# options: --max-steps 100000
# status: 124
while true { }
