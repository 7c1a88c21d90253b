"""The pages of customers, one module a page or verb."""
