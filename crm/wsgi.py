"""How does a web server reach the application?"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
os.environ.setdefault("GONGHAI_PROCESS", "web")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
