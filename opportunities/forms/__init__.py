"""What may be typed about leads, opportunities and orders?"""
