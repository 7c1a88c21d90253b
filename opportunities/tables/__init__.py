"""Which columns have the lists of leads, opportunities and orders?"""
