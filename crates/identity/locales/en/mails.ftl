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

replayed-subject = We ended { $door }’s access to your account
replayed-what = { $door } showed us a key to your account that it had exchanged for a new one before. That happens when somebody has copied the key, so we ended it, for the application and for whoever else may hold it. Your password was not part of this.
replayed-else = Sign in to { $door } again when you need it. If you get this mail more often, tell whoever runs { $door }: a copy of its keys may be in other hands.
replayed-action = Look at my account
