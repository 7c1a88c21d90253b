"""The table of rights: who gets which answer from which address. Read with tests/test_urls.py."""

# Open to visitors, each with its reason.
PUBLIC = {
    "core:home": "leads to the door or to the day",
    "core:healthz": "asked by load balancers",
    "core:readyz": "asked by load balancers; tells no details",
    "javascript-catalog": "words of the scripts, also on the sign-in page",
    "account_login": "the door",
    "account_logout": "whoever is out stays out",
    "account_reset_password": "for those who cannot sign in",
    "account_reset_password_done": "for those who cannot sign in",
    "account_reset_password_from_key": "the link of the mail",
    "account_reset_password_from_key_done": "for those who cannot sign in",
    "mfa_authenticate": "the second step of the door",
    "accounts:join": "the link of an invitation",
    "accounts:language": "the sign-in page speaks both languages",
    "accounts:theme": "the sign-in page has both looks",
    "opportunities:inquiry": "the form by which strangers ask; its address is on the firm's web site",
    "followups:feed_ics": "read by calendar programs; the secret address is the key",
}

# What a POST carries, where an empty one would only be told what is missing.
DATA = {
    "opportunities:funnel_export": {"kind": "csv"},
    "reports:forecast_export": {"kind": "csv"},
    "reports:targets_export": {"kind": "csv"},
    "reports:question_export": {"kind": "csv"},
    "followups:task_move": {"on": "2027-01-05"},
    "accounts:language": {"language": "en"},
    "accounts:theme": {"theme": "dark"},
    "followups:report_new": {"of": "today"},
    "publicpool:preview_export": {"kind": "csv"},
    "publicpool:figure_export": {"kind": "csv"},
    "publicpool:rotation-ledger-export": {"kind": "csv"},
    "publicpool:rule_move": {"to": "down"},
    "publicpool:rotation_move": {"to": "down"},
    "publicpool:rotation_switch": {"to": "off"},
}

#                                                              visitor charlie bob alice dana root
TABLE = """
GET  core:home                                                     302 302 302 302 302 302
POST core:home                                                     405 405 405 405 405 405
GET  core:today                                                    302 200 200 200 200 200
GET  core:search                                                   302 200 200 200 200 200
GET  core:jobs                                                     302 200 200 200 200 200
GET  core:job                        job                           302 404 404 200 404 200
GET  core:job_cancel                 job                           302 405 405 405 405 405
POST core:job_cancel                 job                           302 404 404 409 404 409
POST core:job_retry                  job                           302 404 404 409 404 409
GET  core:job_file                   job                           302 404 404 404 404 404
GET  core:view_save                  customers                     302 405 405 405 405 405
POST core:view_save                  customers                     302 422 422 422 422 422
POST core:view_default               customers                     302 302 302 302 302 302
POST core:view_delete                view                          302 404 404 302 404 404
GET  core:imports                                                  302 200 200 200 200 200
GET  core:import_new                 customers                     302 200 200 200 200 200
POST core:import_new                 customers                     302 422 422 422 422 422
GET  core:import_new                 people                        302 403 403 403 403 200
POST core:import_new                 people                        302 403 403 403 403 422
GET  core:import                     import                        302 404 404 302 404 302
GET  core:import_shape               import                        302 404 404 200 404 200
POST core:import_shape               import                       302 404 404 302 404 403
GET  core:import_columns             import                        302 404 404 200 404 200
POST core:import_columns             import                        302 404 404 422 404 403
GET  core:import_check               import                        302 404 404 200 404 200
GET  core:import_decide              import                        302 405 405 405 405 405
POST core:import_decide              import                        302 404 404 302 404 403
POST core:import_write               import                        302 404 404 302 404 403
GET  core:import_result              import                        302 404 404 302 404 302
POST core:import_cancel              import                       302 404 404 409 404 403
GET  core:import_undo                import                        302 404 404 302 404 302
POST core:import_undo                import                        302 404 404 409 404 409
POST core:import_discard             import                        302 404 404 302 404 403
GET  core:import_errors              import                        302 404 404 200 404 200
GET  core:import_verdicts            import                        302 404 404 200 404 200
GET  core:export                     customers                     302 403 403 403 200 200
POST core:export                     customers                     302 403 403 403 200 200
GET  core:export                     nothing                       302 404 404 404 404 404
GET  core:healthz                                                  200 200 200 200 200 200
GET  core:readyz                                                   503 503 503 503 503 503
GET  javascript-catalog                                            200 200 200 200 200 200
GET  account_login                                                 200 302 302 302 302 302
GET  account_logout                                                302 200 200 200 200 200
GET  account_reauthenticate                                        302 200 200 200 200 200
GET  account_change_password                                       302 200 200 200 200 200
GET  account_reset_password                                        200 200 200 200 200 200
GET  account_reset_password_done                                   200 200 200 200 200 200
GET  account_reset_password_from_key 1 set-password                200 200 200 200 200 200
GET  account_reset_password_from_key_done                          200 200 200 200 200 200
GET  mfa_index                                                     302 200 200 200 200 200
GET  mfa_authenticate                                              302 302 302 302 302 302
GET  mfa_reauthenticate                                           302 302 302 302 302 302
GET  mfa_activate_totp                                             302 200 200 200 200 200
GET  mfa_deactivate_totp                                           302 404 404 404 404 404
GET  mfa_view_recovery_codes                                       302 404 404 404 404 404
GET  mfa_generate_recovery_codes                                  302 200 200 200 200 200
GET  mfa_download_recovery_codes                                   302 404 404 404 404 404
GET  accounts:list                                                 302 403 403 403 403 200
GET  accounts:filters                                              302 403 403 403 403 200
GET  accounts:detail                 user_alice                    302 403 403 403 403 200
GET  accounts:update                 user_alice                    302 403 403 403 403 200
POST accounts:update                 user_alice                    302 403 403 403 403 422
GET  accounts:deactivate             user_alice                    302 403 403 403 403 200
POST accounts:deactivate             user_alice                    302 403 403 403 403 302
POST accounts:reactivate             user_alice                   302 403 403 403 403 403
POST accounts:reset_second_factor    user_alice                    302 403 403 403 403 302
GET  accounts:departure_plan         user_leaver                  302 403 403 403 403 200
POST accounts:departure_plan         user_leaver                  302 403 403 403 403 422
GET  accounts:departures                                          302 403 403 403 403 200
GET  accounts:departure              departure                    302 404 404 404 404 200
POST accounts:departure_carry_out    departure                    302 404 404 404 404 302
POST accounts:departure_try          departure                    302 404 404 404 404 302
POST accounts:departure_undo         departure                    302 404 404 404 404 409
POST accounts:departure_drop         departure                    302 404 404 404 404 302
GET  communications:handover_sheets  departure                    302 404 404 404 404 200
GET  accounts:teams                                                302 403 403 403 403 200
GET  accounts:team_create                                          302 403 403 403 403 200
POST accounts:team_create                                          302 403 403 403 403 422
GET  accounts:team_update            team                          302 403 403 403 403 200
POST accounts:team_remove            team                          302 403 403 403 403 409
GET  accounts:invitations                                          302 403 403 403 403 200
GET  accounts:invite                                               302 403 403 403 403 200
POST accounts:invite                                               302 403 403 403 403 422
POST accounts:invitation_resend      invitation                   302 404 404 404 404 200
POST accounts:invitation_revoke      invitation                   302 404 404 404 404 302
GET  accounts:join                   sometoken                    410 410 410 410 410 410
GET  accounts:profile                                              302 200 200 200 200 200
POST accounts:profile                                              302 422 422 422 422 422
GET  accounts:change_email                                         302 200 200 200 200 200
GET  accounts:confirm_email          sometoken                    302 410 410 410 410 410
GET  accounts:notice_choices                                       302 200 200 200 200 200
GET  accounts:sessions                                             302 200 200 200 200 200
POST accounts:session_end            user_alice                    302 404 404 404 404 404
POST accounts:sessions_end_others                                  302 302 302 302 302 302
GET  accounts:notifications                                        302 200 200 200 200 200
GET  accounts:unread                                               302 200 200 200 200 200
POST accounts:notifications_read_all                               302 302 302 302 302 302
POST accounts:notification_open      notice                        302 404 404 302 404 404
POST accounts:notification_read      notice                        302 404 404 302 404 404
GET  accounts:language                                             405 405 405 405 405 405
POST accounts:language                                             302 302 302 302 302 302
GET  accounts:theme                                                405 405 405 405 405 405
POST accounts:theme                                                302 302 302 302 302 302
GET  customers:list                                                302 200 200 200 200 200
POST customers:list                                                302 405 405 405 405 405
GET  customers:count                                               302 200 200 200 200 200
GET  customers:find                                                302 200 200 200 200 200
GET  customers:reach                                                 302 200 200 200 200 200
GET  customers:filters                                             302 200 200 200 200 200
GET  customers:create                                              302 200 200 200 200 200
POST customers:create                                              302 422 422 422 422 422
GET  customers:code_check                                          302 200 200 200 200 200
GET  customers:bulk                  tag                          302 405 405 405 405 405
GET  customers:bulk                  transfer                     302 405 405 405 405 405
GET  customers:bulk                  nothing                      302 405 405 405 405 405
POST customers:bulk                  tag                           302 200 200 200 200 200
POST customers:bulk                  transfer                      302 200 200 200 200 200
POST customers:bulk                  nothing                       302 404 404 404 404 404
POST customers:check                                               302 200 200 200 200 200
GET  customers:steps                                               302 200 200 200 200 200
GET  customers:step_put_off          step                          302 404 404 200 404 404
POST customers:step_put_off          step                          302 404 404 422 404 404
GET  customers:step_again            put_off                       302 405 405 405 405 405
POST customers:step_again            put_off                       302 404 404 302 404 404
GET  customers:lookup                                              302 200 200 200 200 200
POST customers:lookup                                              302 422 422 422 422 422
GET  customers:lookup_result         lookup                        302 404 404 200 404 404
GET  customers:lookup_file           lookup                        302 404 404 200 404 404
GET  customers:requests                                            302 200 200 200 200 200
GET  customers:request_new                                         302 404 404 404 404 404
POST customers:request_new                                         302 404 404 404 404 404
GET  customers:request               request                       302 200 404 200 200 200
POST customers:request               request                       302 403 404 422 422 422
POST customers:request_withdraw      request                       302 302 404 403 403 403
GET  customers:detail                customer                      302 404 404 200 200 200
POST customers:detail                customer                      302 405 405 405 405 405
GET  customers:contacts              customer                      302 404 404 200 200 200
GET  customers:headers               customer                      302 404 404 200 200 200
GET  customers:history               customer                      302 404 404 200 200 200
GET  customers:people                customer                      302 404 404 200 200 200
GET  customers:files                 customer                      302 404 404 200 200 200
POST customers:files                 customer                      302 404 404 422 422 422
GET  customers:file                  customer file                 302 404 404 200 200 200
GET  customers:file_thumbnail        customer file                 302 404 404 200 200 200
GET  customers:file_edit             customer file                 302 404 404 200 200 200
POST customers:file_edit             customer file                 302 404 404 302 302 302
GET  customers:file_remove           customer file                 302 405 405 405 405 405
POST customers:file_remove           customer file                 302 404 404 302 302 302
POST customers:file_restore          customer file                 302 404 404 404 404 404
GET  customers:similar               customer                      302 404 404 200 200 200
POST customers:similar               customer                      302 404 404 200 200 200
GET  customers:tell_apart            customer                      302 404 404 404 404 404
POST customers:tell_apart            customer                      302 404 404 404 404 404
GET  customers:update                customer                      302 404 404 200 200 200
POST customers:update                customer                      302 404 404 422 422 422
GET  customers:status                customer                      302 404 404 200 200 200
POST customers:status                customer                      302 404 404 422 422 422
GET  customers:grade                 customer                      302 404 404 200 200 200
POST customers:grade                 customer                     302 404 404 302 302 302
GET  customers:protect               customer                      302 404 404 403 200 200
POST customers:protect               customer                      302 404 404 403 422 422
POST customers:unprotect             customer                      302 404 404 403 302 302
GET  customers:transfer              customer                      302 404 404 403 200 200
POST customers:transfer              customer                      302 404 404 403 422 422
GET  customers:archive               customer                      302 404 404 403 200 200
POST customers:archive               customer                      302 404 404 403 422 422
GET  customers:key_dates             customer                      302 404 404 200 200 200
POST customers:key_dates             customer                      302 404 404 302 302 302
GET  customers:restore               customer                     302 404 404 403 403 403
GET  customers:collaborator_add      customer                      302 404 404 200 200 200
POST customers:collaborator_add      customer                      302 404 404 422 422 422
POST customers:collaborator_remove   customer user_bob            302 404 404 404 404 404
GET  customers:group                 customer                      302 404 404 200 200 200
POST customers:group                 customer                     302 404 404 409 409 409
POST customers:group_leave           customer                      302 404 404 302 302 302
GET  customers:header_add            customer                      302 404 404 200 200 200
POST customers:header_add            customer                      302 404 404 422 422 422
GET  customers:header_edit           customer header               302 404 404 200 200 200
POST customers:header_edit           customer header               302 404 404 422 422 422
POST customers:header_main           customer header               302 404 404 302 302 302
POST customers:header_remove         customer header               302 404 404 409 409 409
GET  customers:contact_add           customer                      302 404 404 200 200 200
POST customers:contact_add           customer                      302 404 404 422 422 422
GET  customers:contact_edit          customer contact              302 404 404 200 200 200
POST customers:contact_edit          customer contact              302 404 404 422 422 422
POST customers:contact_archive       customer contact              302 404 404 302 302 302
POST customers:contact_restore       customer contact              302 404 404 302 302 302
POST customers:note_add              customer                     302 404 404 409 409 409
GET  customers:note_edit             customer note                 302 404 404 200 403 403
POST customers:note_edit             customer note                 302 404 404 422 403 403
POST customers:note_delete           customer note                 302 404 404 302 302 302
GET  followups:list                                                302 200 200 200 200 200
GET  followups:filters                                             302 200 200 200 200 200
GET  followups:task_create                                         302 200 200 200 200 200
POST followups:task_create                                         302 422 422 422 422 422
GET  followups:find_leads                                         302 200 200 200 200 200
GET  followups:reassign                                            302 405 405 405 405 405
POST followups:reassign                                            302 200 200 200 200 200
GET  followups:task                 task                           302 404 404 200 200 200
GET  followups:task_update          task                           302 404 404 200 200 200
POST followups:task_update          task                           302 404 404 422 422 422
GET  followups:postpone             task                           302 404 404 200 200 200
POST followups:postpone             task                           302 404 404 409 409 409
GET  followups:cancel               task                           302 404 404 200 200 200
POST followups:cancel               task                           302 404 404 422 422 422
GET  followups:start                task                           302 405 405 405 405 405
POST followups:start                task                           302 404 404 302 302 302
POST followups:reopen               task                           302 404 404 409 409 409
POST followups:take                 task                           302 404 404 302 409 409
GET  followups:comment              task                           302 404 404 200 200 200
POST followups:comment              task                           302 404 404 422 422 422
POST followups:tick                 task checklist                 302 404 404 302 302 302
GET  followups:of_customer          customer                       302 404 404 200 200 200
GET  followups:plan_create          customer                       302 404 404 200 200 200
POST followups:plan_create          customer                       302 404 404 422 422 422
GET  followups:playbooks                                           302 200 200 200 200 200
GET  followups:playbook              playbook                      302 200 200 200 200 200
GET  followups:playbook_replay       playbook                      302 200 200 200 200 200
GET  followups:playbook_create                                     302 403 403 403 403 200
POST followups:playbook_create                                     302 403 403 403 403 422
GET  followups:playbook_update       playbook                      302 403 403 403 403 200
POST followups:playbook_update       playbook                      302 403 403 403 403 422
GET  followups:playbook_preview                                    302 405 405 405 405 405
POST followups:playbook_preview                                    302 403 403 403 403 422
GET  followups:playbook_switch       playbook                      302 403 403 403 403 200
POST followups:playbook_switch       playbook                      302 403 403 403 403 302
GET  followups:playbook_report                                     302 200 200 200 200 200
GET  followups:playbook_steps                                      302 200 200 200 200 200
GET  followups:plan                 plan                           302 404 404 200 200 200
GET  followups:plan_update          plan                           302 404 404 200 200 200
POST followups:plan_update          plan                           302 404 404 422 422 422
GET  followups:plan_end             plan                           302 404 404 200 200 200
POST followups:plan_end             plan                           302 404 404 422 422 422
POST followups:plan_reopen          plan                           302 404 404 302 302 302
GET  communications:list                                           302 200 200 200 200 200
GET  communications:filters                                        302 200 200 200 200 200
GET  communications:waits                                          302 200 200 200 200 200
GET  communications:wait_filters                                   302 200 200 200 200 200
GET  communications:choose                                         302 200 200 200 200 200
GET  communications:detail          said                           302 404 404 200 200 200
GET  communications:update          said                           302 404 404 200 403 403
POST communications:update          said                           302 404 404 422 403 403
GET  communications:comment         said                           302 404 404 200 200 200
POST communications:comment         said                           302 404 404 422 422 422
POST communications:delete          said                           302 404 404 302 302 302
GET  communications:delete          said                           302 405 405 405 405 405
GET  communications:deleted         said                           302 404 404 404 404 404
POST communications:restore         said                           302 404 404 404 404 404
GET  communications:templates                                      302 200 200 200 200 200
GET  communications:template_create                                302 200 200 200 200 200
POST communications:template_create                                302 422 422 422 422 422
GET  communications:template_update  template                      302 404 404 200 404 404
POST communications:template_update  template                      302 404 404 422 404 404
GET  communications:template_delete  template                      302 405 405 405 405 405
POST communications:template_delete  template                      302 404 404 302 404 404
GET  communications:texts            customer                      302 404 404 200 200 200
GET  communications:story            customer                      302 404 404 200 200 200
GET  communications:drop_new         customer                      302 404 404 200 200 200
POST communications:drop_new         customer                      302 404 404 422 422 422
GET  communications:drop             drop                          302 404 404 200 404 404
POST communications:drop             drop                          302 404 404 422 404 404
GET  communications:log             customer                       302 404 404 200 200 200
POST communications:log             customer                       302 404 404 422 422 422
GET  communications:complete        task                           302 404 404 200 200 200
POST communications:complete        task                           302 404 404 422 422 422
GET  opportunities:funnel                                          302 200 200 200 200 200
GET  opportunities:funnel_export         funnel                    302 405 405 405 405 405
POST opportunities:funnel_export         funnel                    302 403 403 403 200 200
GET  followups:reports                                             302 200 200 200 200 200
GET  followups:report_new                                          302 405 405 405 405 405
POST followups:report_new                                          302 302 302 302 302 302
GET  followups:report                report                        302 404 404 200 200 200
POST followups:report                report                        302 404 404 403 403 403
POST followups:report_read           report                        302 404 404 403 302 302
GET  followups:series_list                                         302 200 200 200 200 200
GET  followups:series_create                                       302 200 200 200 200 200
POST followups:series_create                                       302 422 422 422 422 422
GET  followups:series_preview                                      302 200 200 200 200 200
GET  followups:series                series                        302 404 404 200 200 200
GET  followups:series_update         series                        302 404 404 200 200 200
POST followups:series_update         series                        302 404 404 422 422 422
GET  followups:series_pause          series                        302 405 405 405 405 405
POST followups:series_pause          series                        302 404 404 302 302 302
POST followups:series_resume         series                        302 404 404 302 302 302
POST followups:task_move             task                          302 404 404 204 204 204
GET  followups:calendar                                            302 200 200 200 200 200
GET  followups:feed                                                302 200 200 200 200 200
POST followups:feed_make                                           302 200 200 200 200 200
POST followups:feed_end                                            302 302 302 302 302 302
GET  followups:feed_ics              sometoken                     404 404 404 404 404 404
GET  opportunities:list                                            302 200 200 200 200 200
POST opportunities:list                                            302 405 405 405 405 405
GET  opportunities:count                                           302 200 200 200 200 200
GET  opportunities:filters                                         302 200 200 200 200 200
GET  opportunities:bulk              assign                        302 405 405 405 405 405
POST opportunities:bulk              assign                        302 200 200 200 200 200
POST opportunities:bulk              archive                       302 200 200 200 200 200
POST opportunities:bulk              nothing                       302 404 404 404 404 404
GET  opportunities:board                                           302 200 200 200 200 200
GET  opportunities:board_column      stage                         302 404 404 404 404 404
GET  opportunities:create                                          302 200 200 200 200 200
POST opportunities:create                                          302 422 422 422 422 422
GET  opportunities:group_check                                     302 200 200 200 200 200
GET  opportunities:detail            opportunity                   302 404 404 200 200 200
GET  opportunities:timeline          opportunity                   302 404 404 200 200 200
GET  followups:of_opportunity        opportunity                   302 404 404 200 200 200
GET  communications:of_opportunity   opportunity                   302 404 404 200 200 200
POST opportunities:detail            opportunity                   302 405 405 405 405 405
GET  opportunities:files             opportunity                   302 404 404 200 200 200
POST opportunities:files             opportunity                   302 404 404 422 422 422
GET  opportunities:history           opportunity                   302 404 404 200 200 200
GET  opportunities:update            opportunity                   302 404 404 200 200 200
POST opportunities:update            opportunity                   302 404 404 422 422 422
GET  opportunities:inline            opportunity amount            302 404 404 200 200 200
POST opportunities:inline            opportunity amount            302 404 404 422 422 422
POST opportunities:inline            opportunity owner             302 404 404 404 404 404
GET  opportunities:move              opportunity                   302 404 404 200 200 200
POST opportunities:move              opportunity                   302 404 404 422 422 422
GET  opportunities:drop              opportunity                   302 405 405 405 405 405
POST opportunities:drop              opportunity                   302 404 404 404 404 404
GET  opportunities:win               opportunity                   302 404 404 200 200 200
POST opportunities:win               opportunity                   302 404 404 200 200 200
GET  opportunities:lose              opportunity                   302 404 404 200 200 200
POST opportunities:lose              opportunity                   302 404 404 200 200 200
GET  opportunities:reopen            opportunity                   302 404 404 403 403 403
GET  opportunities:assign            opportunity                   302 404 404 403 200 200
POST opportunities:assign            opportunity                   302 404 404 403 422 422
GET  opportunities:share             opportunity                   302 404 404 200 200 200
POST opportunities:share             opportunity                   302 404 404 302 302 302
GET  opportunities:archive           opportunity                   302 404 404 403 200 200
POST opportunities:archive           opportunity                   302 404 404 403 422 422
GET  opportunities:restore           opportunity                   302 405 405 405 405 405
POST opportunities:restore           opportunity                   302 404 404 403 403 403
GET  opportunities:tick              opportunity checkpoint        302 405 405 405 405 405
POST opportunities:tick              opportunity checkpoint        302 404 404 302 302 302
GET  opportunities:of_customer       customer                      302 404 404 200 200 200
GET  opportunities:orders                                          302 200 200 200 200 200
GET  opportunities:order_count                                     302 200 200 200 200 200
GET  opportunities:order_filters                                   302 200 200 200 200 200
GET  opportunities:rhythm                                          302 200 200 200 200 200
GET  opportunities:rhythm_filters                                  302 200 200 200 200 200
GET  opportunities:order_create                                    302 200 200 200 200 200
POST opportunities:order_create                                    302 422 422 422 422 422
GET  opportunities:order             order                         302 404 404 200 200 200
POST opportunities:order             order                         302 405 405 405 405 405
GET  opportunities:order_update      order                         302 404 404 200 200 200
POST opportunities:order_update      order                         302 404 404 422 422 422
GET  opportunities:order_void        order                         302 404 404 403 200 200
POST opportunities:order_void        order                         302 404 404 403 422 422
GET  opportunities:orders_of_customer customer                     302 404 404 200 200 200
GET  reports:board                                                 302 200 200 200 200 200
GET  reports:question                targets                       302 200 200 200 200 200
GET  reports:question                fairness                      302 404 404 404 200 200
GET  reports:question                nothing                       302 404 404 404 404 404
GET  reports:question_export         targets                       302 405 405 405 405 405
POST reports:question_export         targets                       302 403 403 403 200 200
GET  reports:changes                                               302 200 200 200 200 200
GET  reports:forecasts                                             302 200 200 200 200 200
GET  reports:forecast                2026-11                       302 200 200 200 200 200
GET  reports:forecast_export         2026-11                       302 405 405 405 405 405
POST reports:forecast_export         2026-11                       302 403 403 403 200 200
GET  reports:month                                                 302 200 200 200 200 200
GET  reports:weekly                                                302 200 200 200 200 200
GET  reports:targets                                               302 200 200 200 200 200
GET  reports:targets_export                                        302 405 405 405 405 405
POST reports:targets_export                                        302 403 403 403 200 200
GET  reports:copy                                                  302 403 403 403 200 200
POST reports:copy                                                  302 403 403 403 422 422
GET  reports:person                  user_alice                    302 403 403 200 200 200
POST reports:person                  user_alice                    302 403 403 403 409 409
GET  reports:team                    team                          302 403 403 403 200 200
POST reports:team                    team                          302 403 403 403 409 409
GET  reports:share                   team                          302 403 403 403 200 200
POST reports:share                   team                          302 403 403 403 422 422
GET  core:import_new                 targets                       302 403 403 403 200 200
GET  core:import_new                 orders                        302 200 200 200 200 200
GET  core:import_new                 order_lines                   302 200 200 200 200 200
GET  core:import_new                 opportunities                 302 200 200 200 200 200
GET  core:export                     rhythm                        302 403 403 403 200 200
GET  core:export                     orders                        302 403 403 403 200 200
GET  opportunities:inquiry           sometoken                     404 404 404 404 404 404
POST opportunities:inquiry           sometoken                     404 404 404 404 404 404
GET  opportunities:paste                                           302 200 200 200 200 200
POST opportunities:paste                                           302 422 422 422 422 422
GET  opportunities:inquiry_forms                                   302 403 403 403 200 200
GET  opportunities:inquiry_form_create                             302 403 403 403 403 200
POST opportunities:inquiry_form_create                             302 403 403 403 403 422
GET  opportunities:inquiry_form      form                          302 404 404 404 200 200
GET  opportunities:inquiry_form_update form                        302 404 404 404 403 200
POST opportunities:inquiry_form_update form                        302 404 404 404 403 422
GET  opportunities:suspects                                        302 403 403 403 200 200
GET  opportunities:suspects_decide                                 302 405 405 405 405 405
POST opportunities:suspects_decide                                 302 403 403 403 302 302
GET  opportunities:leads                                           302 200 200 200 200 200
POST opportunities:leads                                           302 405 405 405 405 405
GET  opportunities:lead_count                                      302 200 200 200 200 200
GET  opportunities:lead_filters                                    302 200 200 200 200 200
GET  opportunities:lead_create                                     302 200 200 200 200 200
POST opportunities:lead_create                                     302 422 422 422 422 422
GET  opportunities:lead_check                                      302 405 405 405 405 405
POST opportunities:lead_check                                      302 200 200 200 200 200
GET  opportunities:lead_bulk         assign                        302 405 405 405 405 405
POST opportunities:lead_bulk         assign                        302 200 200 200 200 200
POST opportunities:lead_bulk         archive                       302 200 200 200 200 200
POST opportunities:lead_bulk         nothing                       302 404 404 404 404 404
GET  opportunities:lead              lead                          302 404 404 200 200 200
GET  opportunities:lead              lead_done                     302 404 404 200 200 200
POST opportunities:lead              lead                          302 405 405 405 405 405
GET  opportunities:lead_timeline     lead                          302 404 404 200 200 200
GET  opportunities:lead_timeline     lead_done                     302 404 404 200 200 200
GET  followups:of_lead               lead                          302 404 404 200 200 200
GET  followups:of_lead               lead_done                     302 404 404 200 200 200
GET  communications:of_lead          lead                          302 404 404 200 200 200
GET  communications:log_lead         lead                          302 404 404 200 200 200
POST communications:log_lead         lead                          302 404 404 422 422 422
GET  communications:log_lead         lead_done                     302 404 404 403 403 403
GET  communications:file             lead_said lead_said_file      302 404 404 200 200 200
GET  communications:file             said lead_said_file           302 404 404 404 404 404
GET  communications:detail           lead_said                     302 404 404 200 200 200
GET  followups:task                  lead_task                     302 404 404 200 200 200
GET  communications:complete         lead_task                     302 404 404 200 200 200
GET  opportunities:lead_files        lead                          302 404 404 200 200 200
GET  opportunities:lead_history      lead                          302 404 404 200 200 200
GET  opportunities:lead_file         lead lead_file                302 404 404 200 200 200
GET  opportunities:lead_file         lead_done lead_file           302 404 404 404 404 404
GET  opportunities:lead_file_thumbnail lead lead_file              302 404 404 200 200 200
GET  opportunities:lead_files_add    lead                          302 404 404 200 200 200
POST opportunities:lead_files_add    lead                          302 404 404 422 422 422
GET  opportunities:lead_update       lead                          302 404 404 200 200 200
POST opportunities:lead_update       lead                          302 404 404 422 422 422
POST opportunities:lead_same         lead                          302 404 404 200 200 200
GET  opportunities:lead_assign       lead                          302 404 404 403 200 200
POST opportunities:lead_assign       lead                          302 404 404 403 422 422
GET  opportunities:lead_start        lead                          302 405 405 405 405 405
POST opportunities:lead_start        lead                          302 404 404 302 302 302
POST opportunities:lead_answer       lead question                 302 404 404 302 302 302
GET  opportunities:lead_disqualify   lead                          302 404 404 200 200 200
POST opportunities:lead_disqualify   lead                          302 404 404 422 422 422
POST opportunities:lead_reopen       lead                          302 404 404 409 409 409
POST opportunities:lead_archive      lead                          302 404 404 403 302 302
POST opportunities:lead_restore      lead                          302 404 404 403 403 403
GET  opportunities:lead_convert      lead                          302 404 404 200 200 200
POST opportunities:lead_convert      lead                          302 404 404 422 422 422
GET  opportunities:lead_convert      lead_done                     302 404 404 403 403 403
POST opportunities:lead_convert_check lead                         302 404 404 200 200 200
GET  opportunities:lead_undo         lead_done                     302 404 404 200 200 200
POST opportunities:lead_undo         lead                          302 404 404 404 404 404
GET  publicpool:rules                                              302 200 200 200 200 200
GET  publicpool:rule                 rule                          302 200 200 200 200 200
GET  publicpool:rule_create                                        302 403 403 403 403 200
POST publicpool:rule_create                                        302 403 403 403 403 422
GET  publicpool:rule_update          rule                          302 403 403 403 403 200
POST publicpool:rule_update          rule                          302 403 403 403 403 422
GET  publicpool:rule_switch          rule                          302 403 403 403 403 200
POST publicpool:rule_switch          rule                          302 403 403 403 403 302
GET  publicpool:rule_move            rule                          302 405 405 405 405 405
POST publicpool:rule_move            rule                          302 403 403 403 403 302
GET  publicpool:preview                                            302 403 403 403 403 200
GET  publicpool:preview_start                                      302 405 405 405 405 405
POST publicpool:preview_start                                      302 403 403 403 403 302
POST publicpool:preview_export                                     302 403 403 403 403 200
GET  publicpool:rotations                                          302 200 200 200 200 200
GET  publicpool:rotation             rotation                      302 200 404 200 200 200
GET  publicpool:rotation_create                                    302 403 403 403 403 200
POST publicpool:rotation_create                                    302 403 403 403 403 422
GET  publicpool:rotation_update      rotation                      302 403 404 403 403 200
POST publicpool:rotation_update      rotation                      302 403 404 403 403 422
GET  publicpool:rotation_switch      rotation                      302 403 404 403 403 200
POST publicpool:rotation_switch      rotation                      302 403 404 403 403 302
GET  publicpool:rotation_move        rotation                      302 405 405 405 405 405
POST publicpool:rotation_move        rotation                      302 403 404 403 403 302
GET  publicpool:rotation_run         rotation                      302 403 404 403 403 200
GET  publicpool:rotation_start       rotation                      302 405 405 405 405 405
POST publicpool:rotation_start       rotation                      302 403 404 403 403 302
GET  publicpool:run                  given_run                     302 404 404 404 200 200
GET  publicpool:runs                                               302 403 403 403 200 200
GET  publicpool:run                  run                           302 404 404 404 200 200
GET  publicpool:line_retry           run_line                      302 405 405 405 405 405
POST publicpool:line_retry           run_line                      302 404 404 404 403 302
GET  publicpool:figures                                            302 403 403 403 200 200
GET  publicpool:figure_rows          claims                        302 403 403 403 200 200
GET  publicpool:figure_rows          nothing                       302 403 403 403 404 404
POST publicpool:figure_export        flow                          302 403 403 403 200 200
GET  publicpool:rotation-ledger      rotation                      302 200 404 200 200 200
POST publicpool:rotation-ledger      rotation                      302 405 405 405 405 405
GET  publicpool:rotation-ledger-export rotation                    302 405 405 405 405 405
POST publicpool:rotation-ledger-export rotation                    302 403 404 403 200 200
GET  publicpool:rotation-proof       rotation                      302 200 404 200 200 200
GET  publicpool:rotation-proof-start rotation                      302 405 405 405 405 405
POST publicpool:rotation-proof-start rotation                      302 302 404 302 302 302
GET  publicpool:list                                               302 200 200 200 200 200
POST publicpool:list                                               302 405 405 405 405 405
GET  publicpool:count                                              302 200 200 200 200 200
GET  publicpool:filters                                            302 200 200 200 200 200
GET  publicpool:claim_many                                         302 405 405 405 405 405
POST publicpool:claim_many                                         302 200 200 200 200 403
GET  publicpool:assign_many                                        302 405 405 405 405 405
POST publicpool:assign_many                                        302 403 403 403 200 200
GET  publicpool:record               customer                      302 404 404 302 302 302
GET  publicpool:record               pooled                        302 200 200 200 200 200
POST publicpool:record               pooled                        302 405 405 405 405 405
GET  publicpool:claim                pooled                        302 405 405 405 405 405
POST publicpool:claim                pooled                        302 302 302 302 302 302
POST publicpool:claim                customer                      302 404 404 404 404 404
GET  publicpool:assign               pooled                        302 403 403 403 200 200
POST publicpool:assign               pooled                        302 403 403 403 422 422
GET  publicpool:assign               customer                      302 404 404 404 404 404
GET  publicpool:reveal               pooled                        302 403 403 403 403 200
POST publicpool:reveal               pooled                        302 403 403 403 403 422
GET  publicpool:reveal               customer                      302 404 404 404 404 404
GET  core:export                     pool                          302 403 403 403 200 200
GET  publicpool:release              customer                      302 404 404 200 200 200
POST publicpool:release              customer                      302 404 404 422 422 422
GET  publicpool:release_undo         release                       302 405 405 405 405 405
POST publicpool:release_undo         release                       302 404 404 302 404 404
GET  publicpool:more_time            customer                      302 404 404 200 403 403
POST publicpool:more_time            customer                      302 404 404 422 403 403
GET  publicpool:extension            extension                     302 404 404 403 200 200
POST publicpool:extension            extension                     302 404 404 403 422 422
"""
