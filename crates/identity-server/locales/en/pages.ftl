# Signing in
login-title = Sign in
login-heading = Sign in to { $door }
login-lead = Use your { $product } account. One account opens all your instances.
signing-in-to = Signing in to { $door }
email = E-mail
email-wrong = Enter one e-mail address, such as mina@example.com.
continue = Continue
new-here = New here?
create-account = Create an account
password-heading = Welcome back
password = Password
not-you = Not you?
sign-in = Sign in
password-refused = That e-mail and password don’t match. After { $tries } wrong tries, signing in pauses for up to { $minutes } minutes; a new password by mail works at once. Reference: { $reference }
forgotten = Forgot your password?
remember = Stay signed in
remember-help = On a device that nobody else uses.
accounts-title = Choose an account
accounts-heading = Who is it?
continue-as = Continue as { $name }
use-another-account = Use another account
use-another = Use another
account-gone = That account is no longer signed in here.
sign-in-again = Sign in again

# Signing up
signup-heading = Create your account
signup-lead = One account opens all your instances. We send a link to confirm your address; you choose a password after that.
signup-send = Send me the link
have-account = Have an account?
check-mail-title = Check your mail
check-mail-lead = We sent a mail to { $email }. Follow its link on any device; it works for 24 hours.
check-mail-help = Nothing there? Look into the spam folder, or send it again. Several tries in a short time send only a few mails.
confirmed-sign-in = I’m done, sign me in
send-again = Send it again
other-address = Use another address
confirm-title = Confirm your e-mail
confirm-heading = Almost there
confirm-lead = Your address { $email } is confirmed. Tell us your name and choose a password.
given-name = First name
family-name = Last name
name-missing = Enter a name.
name-wrong = A name has at most 100 characters, and no line breaks.
your-language = Language
locale-wrong = Choose one of the languages.
choose-password = Password
password-help = At least { $number } characters. A few words that you remember are best. The account is yours alone: whoever else needs one gets their own.
password-too-short = At least { $number } characters, please.
password-too-long = At most { $number } characters, please.
password-is-address = Your address is no password. Choose something that others don’t know.
signup-spent-title = This link does not work any more
signup-spent = It was used already, is older than 24 hours, or a newer one took its place.
sign-in-or-begin-again = Sign in or begin again
welcome-title = Your account is ready
welcome-lead = You are signed in on this device.
welcome-elsewhere = Did you begin on another device? Sign in there with your new password, and you get to { $door }.
open-door = Open { $door }
see-account = See your account

# A forgotten password
recover-title = Forgot your password?
recover-lead = Tell us your address. We send a link by which you choose a new password.
recover-send = Send me the link
recover-remembered = It came back to you?
recover-sent-lead = We sent a mail to { $email }. Follow its link on any device; it works for 15 minutes.
recovered-sign-in = I’m done, sign me in
reset-title = Choose a new password
reset-lead = For { $email }. All sessions of this account will end; here you will be signed in.
new-password = New password
recovery-spent = It was used already, is older than 15 minutes, or the password has been changed since.
recovery-again = Ask for another link
password-changed-title = Your password is changed
password-changed-lead = You are signed in here with the new one. We sent you a mail about it.
password-ended = { $count ->
    [0] No other session was open.
    [one] One session has ended, with everything that it opened:
   *[other] { $count } sessions have ended, with everything that they opened:
}
go-on-to = Go on to { $door }

# The first time into a tenant; consent
join-heading = Open { $door }?
join-lead = It is the first time that you come here.
will-see = { $door } will see
sees-name = Your name and e-mail address
sees-language = Your language and picture
sees-not = Not your password, your other instances or what you do there
yours-alone = Your account is for you alone: what is done with it bears your name. Whoever else needs to get in gets an invitation of their own.
join-approval = Someone at { $door } has to let you in. You will get a mail.
ask-to-join = Ask to join
cancel = Cancel
consent-heading = Sign in to { $application }?
consent-lead = { $application } is an application outside your instances:
consent-asks = { $application } will see
scope-openid = That it is you, under a name made for it alone
scope-profile = Your name and language
scope-email = Your e-mail address
scope-address = Your address
scope-phone = Your telephone number
scope-offline = All this also while you are away
scope-membership = Your roles and groups in one instance
scope-members-read = See the members and roles of this instance, as far as you may
scope-jobs-read = See what is done to many members at once
scope-audit-read = Read the instance’s log, as far as you may
scope-members-write = Invite, approve, lock and delete members in your name
scope-settings-write = Publish the instance’s terms and change its profile fields in your name
scope-roles-write = Give and take roles in your name
scope-providers-write = Set up, in your name, who else can say who people of the instance are
consent-lead-acts = { $application } wants to act in your name at { $tenant }:
consent-asks-to-act = { $application } will see and do
consent-not = Not your password, nor your other instances
allow = Allow
deny = Don’t allow
not-a-member-heading = You can’t enter { $door } at the moment
instance-alone-heading = { $application } stays closed to you
instance-alone = You are a break-glass member of { $door }: there to get in when sign-in services fail. So you come in through { $door } itself, each time with your account’s password, and by no other application.
not-a-member-unknown = { $application } needs a member of { $door }, and you have never been there. Open { $door } first and ask to join.
not-a-member-to-review = Someone at { $door } has to let you in before { $application } opens. You will get a mail.
not-a-member-locked = Your membership at { $door } is locked, so { $application } stays closed. Ask an administrator there.
not-a-member-closed = You are no member of { $door }, so { $application } stays closed.
back-to = Back to { $application }

# Logging out
logout-heading = Sign out everywhere?
logout-lead = This ends your { $product } session in this browser, and tells every instance that it opened.
sign-out-everywhere = Sign out everywhere
stay-signed-in = Stay signed in
logged-out-heading = You are signed out
logged-out-lead = Your session in this browser has ended, and so has every instance that it opened.

# Account
nav-overview = Overview
nav-instances = Instances
hello = Hello, { $name }
account-lead = { $count ->
    [0] One account, no instance yet.
    [one] One account, one instance.
   *[other] One account, { $count } instances.
}
your-instances = Your instances
instances-lead = Everywhere your account opens a door. No instance sees the others.
no-instances = No instance yet
no-instances-help = An instance appears here when you have opened it for the first time.
check-up = Security check-up
email-proved = Your e-mail is confirmed
open = Open
state-new = New
state-invited = Invited
state-to-review = To review
state-active = Active
state-rejected = Rejected
state-locked = Locked
state-suspended = Deactivated
state-deleted = Deleted

# Sessions and password
nav-sessions = Sessions
your-sessions = Your sessions
sessions-count = { $count ->
    [one] Signed in here alone
   *[other] Signed in at { $count } places
}
look = Look
change = Change
password-row = Changing it signs you out everywhere else
platform-row = The platform
platform-row-help = You run it: tenants, providers, administrators, accounts
sessions-lead = Where you are signed in at the moment. End what you don’t know or don’t need.
sessions-unknown = Something here is not you?
this-browser = This browser
last-used = Last used:
since = Signed in:
device-both = { $browser } on { $system }
device-unknown = Unknown device
end-session = End session
end-session-title = End this session?
end-session-what = That browser is signed out at once, and every application that it opened is told.
end-others = { $count ->
    [one] End the other session
   *[other] End { $count } other sessions
}
end-others-title = End every other session?
end-others-what = You stay signed in here. Every other browser is signed out at once, and every application that it opened is told.
older-sessions = Older ones
no-other-sessions = You are signed in nowhere else.
session-ended = That session has ended.
sessions-ended = All other sessions have ended.
session-gone = There is no such session of yours, or it has ended already.
change-password = Change password
change-password-lead = Every other session of your account ends, and every application asks you to sign in again.
current-password = Current password
current-wrong = That is not your current password.
current-paused = That was wrong { $tries } times. Try again in { $minutes } minutes, or choose a new password by mail.

# When something is wrong
flow-gone-title = This sign-in has ended
flow-gone = It was finished in another tab, took too long, or began in another browser. Go back to where you wanted to go and start again.
flow-gone-next = To your account
requests-too-many = A great many sign-ins that nobody went on with were begun from your network. Wait a few minutes, then try again.
client-gone = The application that sent you here is not registered any more.
authorize-refused-title = This application’s request can’t be followed
authorize-unreadable = The request can’t be read.
authorize-no-client = The request doesn’t say which application it comes from (client_id).
authorize-unknown-client = There is no application { $client }.
authorize-repeated = The parameter { $name } stands there more than once.
authorize-no-redirect-uri = The request doesn’t say where the answer goes (redirect_uri).
authorize-redirect-uri = { $client } has not registered the address { $uri } (redirect_uri), so nothing is sent there.
logout-unreadable = The logout request can’t be read.

# Invitations
invitation-title = Invitation
invitation-heading = Join { $door }
invitation-lead = { $door } invites { $email }. According to it, the invitation comes from { $by }.
invitation-lead-nobody = { $door } invites { $email }.
invitation-accept = Accept the invitation
invitation-has-account = You have an account with this address. Sign in, then accept; your password stays as it is.
invitation-sign-in = Sign in to accept
invitation-new = There is no account with this address yet. Your name and a password make one; the address is confirmed already.
invitation-create = Create account and accept
invitation-other-account = Use another account
invitation-provider = You sign in to { $door } with { $provider }, as { $email }. There is no password to set here.
invitation-provider-gone = You are to sign in to { $door } with { $provider }, and that can’t be used at the moment. Try again later, or ask whoever invited you.
invitation-provider-behind = Behind that, { $provider } asks who you are: it alone opens { $door } to you.
invitation-sign-in-account = Sign in to your account first
invitation-by-provider = This invitation is accepted by the provider that its page names.
back-to-invitation = Back to the invitation
invitation-not-me = If you don’t know what this is about, close this page. Nothing happens then.
invitation-spent-title = This invitation does not work any more
invitation-spent = It was accepted already, was withdrawn, is older than seven days, or a newer one took its place. Ask whoever invited you to send a new one.

# How somebody signs in, and what a browser remembers of it
way-used-last = Last used in this browser
forget-browser = Forget what was used in this browser
how-link = How do I sign in here?
how-lead = Tell us your address. We send a mail that says what opens { $door } to you: nobody but you can read it.
how-send = Send me the answer
how-back = Back to the sign-in page
how-sent-lead = We sent a mail to { $email }. It says how you sign in.
password-is-refused = One of your instances refuses this password until it is changed: choose another one.
link-password-refused = One of your instances refuses your password until it is changed. Have a mail sent, choose a new password, and then link a further way in.
