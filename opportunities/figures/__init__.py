"""What do the sums say: how far deals come, how long it takes, what is won, what is to be expected?"""
