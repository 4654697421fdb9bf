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
recovery-subject = Choose a new password
recovery-what = Somebody, probably you, forgot the password to this address on the way to { $door }. Follow the link to choose a new one. It works for 15 minutes, once, on any device, and ends all sessions of your account.
recovery-else = If it was not you, do nothing. Your password is unchanged, and nobody but you can follow this link.
recovery-action = Choose a new password

recovery-asked-subject = Choose a new password
recovery-asked-what = An administrator of { $door } asks you to choose a new password for your { $product } account. Until then your password does not open { $door } any more; whatever else it opens, it opens as before. Follow the link to choose a new one. It works for 15 minutes, once, on any device, and ends all sessions of your account.
recovery-asked-else = If the link is too old, sign in to { $door }: you can have another one there.
recovery-asked-action = Choose a new password

recovery-unknown-subject = No account with this address
recovery-unknown-what = Somebody, probably you, wanted a new password for this address on the way to { $door }. There is no account with it: perhaps yours has another address, or you have none yet.
recovery-unknown-else = If it was not you, do nothing. Nothing has happened.

recovery-by-provider-subject = { $provider } opens your account
recovery-by-provider-what = Somebody, probably you, wanted a new password for this address on the way to { $door }. Your account has none at the moment: an administrator of { $product } has decided that { $provider } alone opens it. Choose “Continue with { $provider }” on the sign-in page. If { $provider } does not let you in, ask there.
recovery-by-provider-else = If it was not you, do nothing. Nothing has happened, and this mail opens nothing.
recovery-by-provider-action = Sign in

password-changed-subject = Your password was changed
password-changed-what = The password of your { $product } account was changed just now, and every session but the one that changed it has ended.
password-changed-else = If it was you, there is nothing to do. If it was not you, choose a new password at once: that ends every session again.
password-changed-action = It was not me
greeting-name = Hello { $name },

invitation-subject = { $door } invites you to join
invitation-what = { $door } invites you to join. Follow the link to accept. It works for seven days, once, on any device. If you have a { $product } account, you keep it with its password; if not, you make one there.
invitation-by-provider = { $door } invites you to join. You sign in there with { $provider }, as { $email }; no password has to be set here. Follow the link to accept. It works for seven days, once, on any device.
invitation-by = According to { $door }, the invitation comes from { $by }.
invitation-message = { $door } passes these words on:
invitation-else = If you don’t know what this is about, do nothing: nobody becomes a member without following the link.
invitation-action = See the invitation

administrator-added-subject = { $name } now runs { $product } too
administrator-added-what = { $name } ({ $email }) is an administrator of the platform now, and can manage every tenant, every application and the administrators themselves.
administrator-added-else = If you know about it, there is nothing to do. If not, take the right away on that page, and ask who gave it.
administrator-added-action = See the administrators

administrator-you-added-subject = You can now run { $product }
administrator-you-added-what = You are an administrator of the platform now, and can manage its tenants, its applications and its administrators.
administrator-you-added-else = If you did not expect this, ask another administrator what it is about.
administrator-you-added-action = See the administrators

administrator-removed-subject = { $name } no longer runs { $product }
administrator-removed-what = { $name } ({ $email }) is no administrator of the platform any more. Their account stays as it is.
administrator-removed-else = If you know about it, there is nothing to do. If not, see who is left, and ask who took the right away.
administrator-removed-action = See the administrators

administrator-you-removed-subject = You no longer run { $product }
administrator-you-removed-what = You are no administrator of the platform any more. Your account stays as it is.
administrator-you-removed-else = If you did not expect this, ask another administrator what it is about.

# Where nothing of a name can stand in a mail
provider-nameless = a provider without a name

way-in-added-subject = { $provider } now opens your { $product } account
way-in-added-what = Your sign-in at { $provider } was linked with your { $product } account just now: from now on it opens your account.
way-in-added-else = If it was you, there is nothing to do. If it was not you, unlink it at once on that page, and change your password.
way-in-added-action = See how you sign in

way-in-removed-subject = { $provider } no longer opens your { $product } account
way-in-removed-what = Your sign-in at { $provider } was unlinked from your { $product } account just now, and every session that it had opened has ended.
way-in-removed-else = If it was you, there is nothing to do. If it was not you, see how your account is opened now, and change your password.
way-in-removed-action = See how you sign in

way-in-here-added-subject = { $provider } now opens { $door } to you
way-in-here-added-what = Your sign-in at { $provider } was linked with you at { $door } just now: from now on it opens { $door }, and nothing else of your { $product } account.
way-in-here-added-else = If it was you, there is nothing to do. If it was not you, unlink it at once on that page, and change your password.
way-in-here-added-action = See how you sign in

way-in-here-removed-subject = { $provider } no longer opens { $door } to you
way-in-here-removed-what = Your sign-in at { $provider } was unlinked from you at { $door } just now, and every session that it had opened there has ended.
way-in-here-removed-else = If it was you, there is nothing to do. If it was not you, see how your account is opened now, and change your password.
way-in-here-removed-action = See how you sign in

account-made-subject = { $provider } opens your new { $product } account
account-made-what = You have accepted an invitation, and a { $product } account was made for this address. Your sign-in at { $provider }, as { $who }, opens it, and nothing else does.
account-made-else = If that is not you there, set a password at once (“Forgot your password?”), and unlink that sign-in on the page of your account.
account-made-action = See how you sign in

prove-address-subject = Confirm your address for { $product }
prove-address-what = You came from { $provider }. Follow the link in the same browser to confirm that this address is yours, and go on. It works for one hour, once.
prove-address-of-tenant = You came from the sign-in of { $tenant }, which calls it “{ $provider }”. Follow the link in the same browser to confirm that this address is yours, and go on. It works for one hour, once.
prove-address-else = If it was not you, do nothing: without the link nobody gets anywhere with your address.
prove-address-action = Confirm and go on

switched-subject = { $provider } opens your { $product } account now
switched-what = An administrator of { $product } has decided that { $provider } opens your account from now on, and it alone. Your password does not any more, and every session has ended. At the first sign-in you are asked once to prove that you are you.
switched-else = If you did not expect this, ask whoever runs { $product } what it is about.
switched-action = Sign in

switched-back-subject = Your { $product } account is opened by your own password again
switched-back-what = An administrator of { $product } has decided that no provider alone opens your account any more. Your password does again, and what is linked with it; every session has ended.
switched-back-else = If you have no password, choose one by mail on the sign-in page.
switched-back-action = Sign in

how-subject = How you sign in to { $door }
how-what = Somebody, probably you, asked how the holder of this address signs in to { $door }. This is the answer:
how-nobody = There is no account with this address. Perhaps yours has another address; if you have none yet, create one on the sign-in page.
how-domain = Or continue with { $provider }: people with an address of this domain sign in there.
how-alone = With { $provider }, and nothing else: choose “Continue with { $provider }” on the sign-in page.
how-offered = With { $provider }: on the way to { $door } the sign-in page offers nothing else. Choose “Continue with { $provider }” there.
how-differ = An administrator of { $door } wants { $provider }, and your account is opened by { $other } alone. Both apply, so that neither is enough: ask an administrator of { $door }.
how-password = With this address and your password. If you don’t know it any more, choose “Forgot your password?” on the sign-in page.
how-providers = With what is linked with your account: { $provider }.
how-no-password = Your account has no password. “Forgot your password?” on the sign-in page gives it one.
how-no-way = Your account has no password, and nothing is linked with it. Choose “Forgot your password?” on the sign-in page to give it one.
how-else = If it was not you, do nothing. Nothing has happened, and this mail opens nothing.
how-action = Open { $door }
own-account-subject = Confirm your address
own-account-what = Somebody who signs in to { $door } wants to have an account of their own with this address. If that is you, follow the link within one hour, in the browser in which you began. In any other browser it does nothing.
own-account-else = If it was not you, do nothing: then nothing happens.
own-account-action = Confirm the address
own-account-made-subject = { $door } belongs to your account now
own-account-made-what = The sign-in at { $provider } that opens { $door } belongs to your { $product } account now. It opens { $door } as before, and nothing else.
own-account-made-else = If you did not do this, replace your password, and tell an administrator of { $door }.
own-account-made-action = Your instances
