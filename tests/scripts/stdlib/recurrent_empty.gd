let y = RNN(3, 4)(zeros(0, 6, 3))                                    # expect error: it must have a row and a step at least
