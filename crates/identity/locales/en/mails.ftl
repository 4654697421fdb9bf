greeting = Hello,
closing = { $product }

sign-up-subject = Confirm your e-mail for { $door }
sign-up-what = You are one step away from { $door }. Follow the link to confirm this address and to choose your name and password. It works for 24 hours, once, on any device.
sign-up-else = If you did not ask for this, do nothing: without the link, nobody gets an account with your address.
sign-up-action = Confirm my e-mail

account-exists-subject = You already have an account
account-exists-what = Somebody, probably you, asked for a new account with this address on the way to { $door }. There is one already: sign in with it as usual.
account-exists-else = If it was not you, do nothing. Your account is unchanged.
account-exists-action = Sign in

greeting-name = Hello { $name },

invitation-subject = { $by } invites you to { $door }
invitation-what = { $by } invites you to join { $door }. Follow the link to accept. It works for seven days, once, on any device. If you have a { $product } account, you keep it with its password; if not, you make one there.
invitation-message = { $by } writes:
invitation-else = If you don’t know what this is about, do nothing: nobody becomes a member without following the link.
invitation-action = See the invitation
