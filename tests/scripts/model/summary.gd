summary(chain(Dense(784, 10), relu, Dense(10, 10)))
# output: any
# status: 0
