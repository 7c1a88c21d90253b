"""By what can leads, opportunities and orders be filtered?"""
