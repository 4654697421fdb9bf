# Pages of a tenant. Words: short, friendly, exact.

nav-home = Home
nav-request = Your request
nav-requests = Requests
nav-members = Members
nav-roles = Roles
nav-profile = Your profile

open = Open
yes = yes
no = no
never = never
email = E-mail
first-name = First name
last-name = Last name
column-name = Name
column-state = State
columns = Columns
column-created = Created
column-roles = Roles
column-right = What one may do
next-page = Next page
previous-page = Previous page
pages = Pages
cancel = Cancel
meanwhile = Meanwhile
manage-account = Manage your account
manage-account-help = The one account behind all your instances.
other-instances-help = See where else your account opens a door.
use-another-account = Use another account
sign-in-again = Sign in again
try-now = Try now

# States
state-active = Active
state-to_review = To review
state-invited = Invited
state-rejected = Rejected
state-locked = Locked
state-suspended = Suspended
state-deleted = Deleted
state-not = Not “{ $state }”
axis-authorization = Authorization
authorization-invited = Invited
authorization-to_review = To review
authorization-reviewed = Reviewed
authorization-rejected = Rejected
authorization-user_deletion = Asked for their own deletion
axis-locked = Locked
locked-yes = Yes
locked-no = No
axis-lifecycle = Lifecycle
lifecycle-active = Active
lifecycle-suspended = Suspended
lifecycle-deleted = Deleted

# Home
home-hello = Hello
home-hello-name = Hello, { $name }
home-roles = Your role here: { $roles }
home-no-role = You are a member, but you have no role yet. Until an administrator gives you one, you see your own profile only.
home-to-do = To do
home-requests-wait = People ask to join
home-requests-number = Waiting for your answer: { $n }
home-open-requests = Open requests
home-rights = What you can do here

# Where a request stands
standing-title = Your request
standing-heading = You asked to join { $tenant }
standing-since = asked
standing-step-asked = You asked to join
standing-step-review = Someone at { $tenant } looks at your request
standing-step-review-help = You need not wait on this page.
standing-step-mail = You get a mail
standing-step-mail-help = It says whether you are in, and it leads you here.
standing-message = Tell the administrators who you are
standing-message-label = Your message
standing-message-help = For example, who invited you or what you need. Only those who decide on your request read it.
standing-message-send = Save message
rejected-title = Your request
rejected-heading = Your request to join { $tenant } was turned down
rejected-reason = The reason you were given
rejected-next = What you can do
rejected-ask-now = You can ask once more.
rejected-ask-again = Ask again
rejected-ask-from = You can ask again from
rejected-ask-never = You can’t ask again here. If you think this is a mistake, talk to the people who run this instance.

# Requests
requests-empty = Nobody is waiting
requests-empty-help = When someone asks to join, they appear here, and you get a mail.
requests-open = Review
requests-keys = Keys: j and k go through the list, Enter opens, a approves, r rejects.
request-keys = Keys: a leads to approving, r to rejecting.
back-to-requests = Back to the requests
request-came = How they came
request-came-platform = By themselves, with their own account
request-came-stated = By { $provider }
stated-by = Names and address as { $provider } states them. Nobody has proved that the address is theirs.
stated-by-short = as { $provider } states
request-asked = Asked
request-before = Turned down before
request-message = Their message
request-duplicates = Perhaps the same person, with the same address:
approve-heading = Let them in
role = Role
role-help = You can give roles whose rights you have yourself.
role-choose = Choose a role
role-missing = Choose a role. Without one, they would see only their own profile.
approve = Approve
reject-heading = Turn them down
reason = Reason
reason-help = They read it on their page and in a mail.
reason-missing = Write a reason. The person will read it.
reject = Reject
request-decided-by-other = Someone else has decided on this request just now. Your answer was not used.
request-decided = Your request was decided meanwhile.
ask-again-not-yet = It is too early to ask again.
member-state-changed = This member’s state has changed since you opened the page.
see-member = See how it stands
see-your-request = See your request

# Members
back-to-members = Back to the members
last-sign-in = Last sign-in
member-nameless = No name
member-no-roles = No role. They see their own profile only.
own-no-roles = none yet
member-since = Known here since
what-happened = What happened
lock = Lock
unlock = Unlock
roles-lead = Nobody has rights but through roles.
seat = Counts as
seat-regular = Regular user
seat-core = Core user

# After an action
done-approved = Approved. The person gets a mail and is in.
done-rejected = Turned down. The person gets a mail with your reason.
done-message = Your message was saved.
done-asked = You have asked again. You get a mail when someone has decided.
done-locked = Locked. Their sessions here have ended, and they get a mail.
done-unlocked = Unlocked. They get a mail.

# What happened to a member
event-requested = Asked to join
event-message = Changed the message to the administrators
event-approved = Approved
event-rejected = Rejected
event-asked-again = Asked again
event-invitation-accepted = Accepted the invitation
event-locked = Locked
event-unlocked = Unlocked
event-seeded = Added by the operator
event-signed-in = Signed in
event-signed-out = Signed out
event-signed-out-everywhere = Signed out everywhere

# Signing in and out
signed-out-title = Signed out
signed-out-heading = Signed out of { $tenant }
still-signed-in = You are still signed in at { $product }. On a computer that others use too, sign out everywhere.
signed-out-elsewhere = You are signed out. Close the window on a computer that others use too.
sign-out-everywhere = Sign out everywhere
sign-out-everywhere-help = Ends your sign-in at all instances in this browser. Their applications follow within seconds; one that does not listen keeps its own until you sign out there.
signed-out-meanwhile = You are not signed in any more
signed-out-meanwhile-detail = Your sign-in here has ended, so what you sent was not done. Sign in and try again.
sign-in-over = This sign-in has ended
sign-in-over-detail = It was finished already, took too long, or began in another browser. Begin again; it takes a moment only.
sign-in-too-many-title = Too many sign-ins were begun here
sign-in-too-many-detail = From your network, many sign-ins were begun and not finished. Wait ten minutes and begin again, or use another network.
sign-in-declined = You did not sign in
sign-in-declined-detail = You chose not to continue. You can sign in whenever you like.
sign-in-failed = The sign-in did not work
sign-in-failed-detail = The sign-in page could not finish. Begin again.
away-title = One moment, please
away-detail = The sign-in for { $tenant } does not answer right now. Nothing is lost.
away-retry = { $n ->
    [one] This page tries again in one second.
   *[other] This page tries again every { $n } seconds.
}
no-permission = None of your roles allows this. Ask an administrator if you need it.
not-in-yet = This page is for members. Your request has not been approved.

# Why there is no way in
closed-invite-only-title = By invitation only
closed-invite-only-detail = { $tenant } lets in people whom it has invited. Ask someone there for an invitation.
closed-locked-title = You are locked here
closed-locked-detail = An administrator of { $tenant } has locked you. Your account and your other instances are not affected.
closed-suspended-title = You are suspended here
closed-suspended-detail = Your place at { $tenant } is suspended. An administrator there can reactivate it.
closed-deleted-title = Your account is inactive here
closed-deleted-detail = You were removed from { $tenant }. An administrator there can bring you back for some time.
closed-inactive-title = Your account is inactive here
closed-inactive-detail = You asked { $tenant } to delete you. An administrator there finishes it, or brings you back.

# The list of members
members-search = Search members
members-search-hint = Name, e-mail, role:editor, isLocked:true
filters = Filter
filters-apply = Show
filters-clear = Show everyone
filter-any = Any
filter-remove = Remove filter: { $filter }
filter-unknown = Not understood: { $words }. Filters are isLocked:true, state:…, role:…, lifecycle:…, isDeleted:true, isFederated:true, isReadOnly:true, isSupportUser:true, provider:… and inactiveSince:2026-01-31
filter-unread = Not understood: { $words }. Understood would be: { $fits }
search-too-long = This search is too long: at most 1,000 characters are read.
filter-support = Support user
filter-federated = Federated
filter-provider = Provider
filter-readonly = Kept elsewhere
filter-inactive = Not signed in since
views = Saved views
view-shared = shared
view-save = Save this view
view-name = Name of the view
view-name-help = A view of yours with this name is replaced.
view-share = Everybody who sees the members sees this view
view-forget = Forget this view
view-name-detail = A view has a name of at most 60 characters.
view-search-detail = This search contains something that is no filter. Open the list again and save what it shows.
view-too-many-detail = You keep 50 views already. Forget one first.
members-none = Nobody fits
members-none-help = No member fits all of this. Take a filter away, or try the beginning of a name or an address.
members-unread = Nobody is listed
members-unread-help = A part of the filter cannot be read, so nobody was looked for by the rest of it. Correct it above.
members-none-yet = Nobody so far
members-none-yet-help = This is a long list, and nobody on this stretch of it fits. The next page looks further.
members-empty = No members yet
members-empty-help = People appear here when they ask to join or are invited.

# Inviting
invite = Invite someone
invite-title = Invite someone
invite-heading = Invite someone to { $tenant }
invite-email-help = The invitation goes there.
invite-by-provider = They come in by { $provider }, which says what they are called. It has to state this address.
invite-language = Language
invite-message = Your message
invite-message-help = Stands in the mail, as your words.
invite-send-now = Send the invitation now
invite-send-now-help = If not, you can send it later from their page.
invite-create = Invite
invite-already-here = Somebody with this address is here already.
invite-many = Several at once
invite-many-title = Invite several people
invite-many-heading = Invite several people to { $tenant }
invite-many-addresses = Their addresses
invite-many-help = Pasted as they are: with commas, semicolons or line breaks between, with names as in “Mina Hollis <mina@example.com>” or without. The next page shows what will happen to each, before anything does.
invite-many-none = Nobody is named here yet.
invite-many-look = Look at them
name-missing = Enter a name.
name-wrong = A name has at most 100 characters, and no line breaks.
email-wrong = Enter one e-mail address, such as mina@example.com.
locale-wrong = Choose one of the languages.
invitations = Invitations
invitations-none = No invitation has been sent yet.
invitation-send = Send the invitation
invitation-send-again = Send a new invitation
invitation-correct = Correct the address
invitation-correct-help = A new invitation goes there; the link in the one before stops working.
invitation-correct-send = Correct and send
invitation-withdraw = Withdraw the invitation
invitation-made = Invited
invitation-waits = Waits to be handed to the sign-in service
invitation-never-sent = Was never handed to the sign-in service
invitation-queued = Handed to the sign-in service, which is mailing it
invitation-sent = The mail server took the mail. Whether it arrived, it does not tell.
invitation-failed = The mail server refused the mail. Check the address.
invitation-limited = Not sent: this address got several invitations lately. Try again tomorrow.
invitation-unmailable = Not sent: no mail can go to this address. Correct it.
invitation-opened = The link was opened; some mail programs do this by themselves
invitation-accepted = Accepted
invitation-accepted-there = Accepted; they are in with their next sign-in here
invitation-expires = Works until
invitation-expired = Expired
invitation-withdrawn = Withdrawn
invitation-replaced = Replaced by a newer one
role-granted-by = Given by { $name }
role-granted = Given by the operator
done-created = Created. The invitation has not been sent yet.
done-invited = The invitation is on its way.
done-withdrawn = Withdrawn. The link in the mail does not work any more.
done-corrected = Corrected. A new invitation is on its way.
event-invited = Invited
event-invitation-queued = Invitation sent on its way
event-invitation-withdrawn = Invitation withdrawn
event-email-corrected = Address corrected
event-role-not-given = A role was not given: whoever chose it may not give it any more
event-merged = The invitation went to someone who was known here already
# When the platform has closed the tenant
tenant-suspended-title = This instance is suspended
tenant-suspended-detail = Nobody can enter at the moment. Ask whoever runs it.
tenant-deleted-title = This instance is gone
tenant-deleted-detail = It was deleted, and does not come back.
