# The community suite, once per launch. All of this may run again and then changes nothing.
./manage.py lms shell -c "
from django.core.management import call_command
from waffle.models import Flag, Switch

# Tutor has migrated already, except with 'do init --limit=community'.
for app in ('people', 'gamification', 'discussion_ext', 'chapters'):
    call_command('migrate', app)

# Made where missing: who turned one off is not overruled, and the doctor below says what stands still then.
Switch.objects.get_or_create(name='completion.enable_completion_tracking', defaults={'active': True})
{%- if TUTOR_VERSION.split(".")[0]|int < 22 %}
# Evidence is taken from the forum's MySQL tables. From Verawood on there are no others, and no flag.
Flag.objects.get_or_create(name='forum_v2.enable_mysql_backend', defaults={'everyone': True})
{%- endif %}
"

# The group of community managers and the regions of chapters, where there are none.
./manage.py lms setup_chapters
{%- if COMMUNITY_POINTS_SCHEME %}

./manage.py lms set_points_scheme --if-changed /dev/stdin <<'COMMUNITY_POINTS_SCHEME'
{{ COMMUNITY_POINTS_SCHEME }}
COMMUNITY_POINTS_SCHEME
{%- endif %}

# A report and no condition: before the first start there is no beat yet, and a launch shall not fail for that.
./manage.py lms community_doctor || echo "Community suite: what is listed above needs attention."
