# What was done, and other systems

nav-audit = Audit log
audit-lead = Who did what, and when. Entries are chained and signed: nobody can change or remove one unseen.
audit-what = What was done
audit-everything = Everything
audit-until = Until
audit-none = Nothing of that kind
audit-none-help = No entry fits. Take a filter away, or choose a later day.
audit-older = Older entries
audit-by = By { $name }
audit-to = About { $name }
audit-of-member = All of it in the audit log
event-members-exported = Took the list of members along
event-audit-exported = Took the audit log along
event-service-account = Let a service account in
event-session-refused = Was refused at the door
event-batch-started = Started a job
event-batch-cancelled = Cancelled a job
event-batch-done = Finished a job

nav-service-accounts = Service accounts
service-lead = Other systems that act for themselves at the API. They hold roles as people do, and never a password.
service-none = No service accounts
service-none-help = When another system is to read or change members by itself, let its client in below.
service-client = Client ID
service-since = Since
service-new = Let a system in
service-how = Register its client at the identity server first:
service-audience = It asks for tokens for this API:
service-name-help = As people call the system.
service-create = Let in
service-name-wrong = A name of at most 80 characters, on one line.
service-client-wrong = The client ID as the identity server gave it.
service-client-here = This client has a service account here already.
done-service = The service account is in.
