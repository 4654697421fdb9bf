# What was done, and other systems

nav-audit = Audit log
audit-lead = Who did what, and when. Entries are chained and signed: nobody can change or remove one unseen.
audit-what = What was done
audit-everything = Everything
audit-since = From
audit-until = Until
audit-none = Nothing of that kind
audit-none-help = No entry fits. Take a filter away, or choose other days.
audit-unread = Nothing is shown
audit-unread-help = A part of the filter cannot be read, so nothing was looked for by the rest of it. Correct it, or look at everything.
audit-unread-member = Not understood: “{ $value }”. Understood would be the ID of a member.
audit-unread-action = Not understood: “{ $value }”. Understood would be one of this list.
audit-unread-until = Not understood: “{ $value }”. Understood would be a day, such as 2026-01-31.
audit-unread-second = Not understood: “{ $value }” beside another. Understood would be one of: about whom, by whom, what was done.
audit-older = Older entries
audit-by = By { $name }
audit-member = About { $name }
audit-of-member = All of it in the audit log
audit-by-member = What they did themselves
event-members-exported = Took the list of members along
event-audit-exported = Took the audit log along
event-service-account = Let a service account in
event-service-account-as = Let a service account in as { $roles }
event-session-refused = Was refused at the door
event-batch-started = Started a job
event-batch-cancelled = Cancelled a job
event-import-received = Uploaded a file of members
event-import-started = Started an import
event-import-cancelled = Cancelled an import
event-import-reported = Took the report of an import along
event-batch-reported = Took the report of a job along
event-acceptances-exported = Took the list of acceptances along
event-import-done = Finished an import
event-terms-published = Published terms
event-terms-published-one = Published { $what }, version { $n }
event-batch-done = Finished a job
event-job-items = { $job } ({ $n })
event-job-lines = { $job } ({ $n ->
    [one] 1 line
   *[other] { $n } lines
})
event-job-outcome = { $job } ({ $changed } of { $n } changed)

nav-service-accounts = Service accounts
service-mark = Service account
service-lead = Other systems that act for themselves at the API. They hold roles as people do, and never a password.
service-none = No service accounts
service-none-help = When another system is to read or change members by itself, let its client in below.
service-client = Client ID
service-since = Since
service-new = Let a system in
service-how = Register its client at the identity server first:
service-audience = It asks for tokens for this API:
service-document = What the API can do (OpenAPI)
service-name-help = As people call the system.
service-create = Let in
service-name-wrong = A name of at most 80 characters, on one line.
service-client-wrong = The client ID as the identity server gave it.
service-client-here = This client has a service account here already.
done-service = The service account is in.
done-service-lock = Locked. From now on it can do nothing here.
done-service-unlock = Unlocked. It can act here again, with new tokens.
done-service-suspend = Deactivated. From now on it can do nothing here.
done-service-resume = Activated again. It can act here again, with new tokens.
done-service-delete = Deleted. From now on it can do nothing here.
done-service-reactivate = Brought back, as it was. It can act here again, with new tokens.
audit-by-service = What it did itself
service-erased-at = It can be brought back. Its record is erased on:
delete-service-out = It can do nothing here any more from its next request on, whatever tokens it has.
delete-service-window = { $days ->
    [one] Until tomorrow it can be brought back; then its record is erased.
   *[other] For { $days } days it can be brought back; then its record is erased.
}
delete-service-for-good = Its record is erased now, for good.
delete-client-stays = Its client at the identity server is not touched, and what it did stays in the log.

# Why a login ended here
ended-link = Why did a login end here?
ended-lead = Whoever could not sign in has seen a reference id. Enter it to read why, or look through the list.
ended-reference = Reference id
ended-reference-help = Ten letters and digits, such as 4K7QX-2M9TB.
ended-find = Find
ended-unknown = Nothing is known here of { $reference }
ended-unknown-help = It belongs to no login that ended on the way to { $tenant }, or is older than 90 days. Whoever runs the platform may know more.
ended-none = No login has ended on the way here
ended-none-help = What is refused within the last 90 days appears here, with its reason.
ended-away = The platform can’t be asked at the moment, so that what ended there is missing. Try again in a while.
ended-here = At this tenant’s own door
ended-there = On the way here
ended-older = Older ones
ended-by = By { $provider }
ended-about = About { $name }
ended-provider-unusable = The provider was disabled, or changed while they were there.
ended-linked-elsewhere = This sign-in at the provider is somebody else’s already.
ended-another-identity = They have another sign-in of this provider, and came by a second one.
ended-member-elsewhere = Another provider opens this tenant to them: that is what their sign-in method here says.
ended-account-elsewhere = Their account’s own policy, which the platform decides, does not let this provider open it.
ended-not-opened = The provider stated an address, and does not open this tenant to whoever has it.
ended-policies-differ = Their sign-in method here and their account’s own policy name different providers. Both apply, so that neither is enough: change theirs here, or ask the platform.
ended-not-invited = They followed an invitation, and the provider states another address than the invited one. Invite the address that it states, or they sign in there as who was invited.
ended-claimed = Another sign-in at this provider has claimed this member. If they changed accounts there, switch them anew.
ended-held = They were switched to this provider, and have nothing left to prove themselves by, or have unlinked what they had claimed. Switch them to another way in and then to this provider again, or name their subject there.
ended-away-there = The provider did not answer.
ended-refused = The provider did not sign them in, or they declined there.
ended-unreadable = What the provider answered can’t be read.
ended-oversized = The provider answered with more than is read.
ended-untrusted = What the provider answered failed a check: it may be forged.
ended-misconfigured = The provider’s settings don’t fit.
ended-other-provider = They came by another provider than the one that opens this tenant to them.
ended-switch-not-told = The platform had not heard yet that their sign-in method was changed.
ended-proof-not-fresh = A break-glass member proves each use anew, and this proof was older.
ended-invite-only = They were not invited, and nobody else is let in.
ended-locked = They are locked.
ended-suspended = They are deactivated.
ended-deleted = They were removed.
ended-inactive = They asked to be deleted.
