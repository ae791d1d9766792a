let y = RNN(3, 4)(zeros(2, 6, 5))                                    # expect error: f32[2, 6, 5] is given
