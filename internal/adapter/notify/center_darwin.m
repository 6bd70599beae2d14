//go:build darwin && cgo

#import <Foundation/Foundation.h>
#import <UserNotifications/UserNotifications.h>

#include "center_darwin.h"

// sandglassNoticePressed is Go's. An empty key says that the notice is gone.
extern void sandglassNoticePressed(char *identifier, char *key);

// limit is how long a call waits for the system, in nanoseconds.
static const int64_t limit = 4 * NSEC_PER_SEC;

// firstKey is where a notice keeps the key of its first button, which is also that of a click on it.
static NSString *const firstKey = @"first";

@interface SandglassCenter : NSObject <UNUserNotificationCenterDelegate>
@end

@implementation SandglassCenter

// An agent in the background is asked this, too, while its menu is open: show it all the same.
- (void)userNotificationCenter:(UNUserNotificationCenter *)center
       willPresentNotification:(UNNotification *)notification
         withCompletionHandler:(void (^)(UNNotificationPresentationOptions))done {
	done(UNNotificationPresentationOptionBanner | UNNotificationPresentationOptionList);
}

- (void)userNotificationCenter:(UNUserNotificationCenter *)center
    didReceiveNotificationResponse:(UNNotificationResponse *)response
             withCompletionHandler:(void (^)(void))done {
	UNNotificationRequest *request = response.notification.request;
	NSString *key = response.actionIdentifier;
	if ([key isEqualToString:UNNotificationDefaultActionIdentifier]) {
		id first = request.content.userInfo[firstKey];
		key = [first isKindOfClass:[NSString class]] ? first : @"";
	} else if ([key isEqualToString:UNNotificationDismissActionIdentifier]) {
		key = @"";
	}
	sandglassNoticePressed((char *)request.identifier.UTF8String, (char *)key.UTF8String);
	done();
}

@end

// center is nil where the process is no program in a bundle: the system would end such a process.
static UNUserNotificationCenter *center(void) {
	static UNUserNotificationCenter *found;
	static SandglassCenter *listener; // the center does not hold it
	static dispatch_once_t once;
	dispatch_once(&once, ^{
		NSBundle *bundle = NSBundle.mainBundle;
		if (bundle.bundleIdentifier.length == 0 || ![bundle.bundlePath hasSuffix:@".app"]) {
			return;
		}
		@try {
			found = UNUserNotificationCenter.currentNotificationCenter;
			listener = [SandglassCenter new];
			found.delegate = listener;
		} @catch (NSException *e) {
			found = nil;
		}
	});
	return found;
}

// await waits for a block to signal.
static int await(dispatch_semaphore_t answered) {
	return dispatch_semaphore_wait(answered, dispatch_time(DISPATCH_TIME_NOW, limit)) == 0 ? SANDGLASS_OK : SANDGLASS_SLOW;
}

static int settled(UNAuthorizationStatus status) {
	switch (status) {
	case UNAuthorizationStatusDenied:
		return SANDGLASS_REFUSED;
	case UNAuthorizationStatusNotDetermined:
		return SANDGLASS_SLOW;
	default:
		return SANDGLASS_OK;
	}
}

static int allowed(UNUserNotificationCenter *c) {
	dispatch_semaphore_t answered = dispatch_semaphore_create(0);
	__block int said = SANDGLASS_BROKEN;
	[c getNotificationSettingsWithCompletionHandler:^(UNNotificationSettings *settings) {
		said = settled(settings.authorizationStatus);
		dispatch_semaphore_signal(answered);
	}];
	int waited = await(answered);
	return waited == SANDGLASS_OK ? said : waited;
}

// ask asks the user for leave, once a process, and waits for the answer a while.
static void ask(UNUserNotificationCenter *c) {
	static dispatch_once_t once;
	dispatch_once(&once, ^{
		dispatch_semaphore_t answered = dispatch_semaphore_create(0);
		[c requestAuthorizationWithOptions:UNAuthorizationOptionAlert
		                 completionHandler:^(BOOL granted, NSError *error) {
			dispatch_semaphore_signal(answered);
		}];
		await(answered);
	});
}

// category registers a set of buttons and returns its name.
static NSString *category(UNUserNotificationCenter *c, NSArray<NSString *> *keys, NSArray<NSString *> *labels) {
	static NSMutableDictionary<NSString *, UNNotificationCategory *> *known;
	NSString *name = [[keys arrayByAddingObjectsFromArray:labels] componentsJoinedByString:@"\x1f"];
	@synchronized(UNNotificationCategory.class) {
		if (known == nil) {
			known = [NSMutableDictionary dictionary];
		}
		if (known[name] != nil) {
			return name;
		}
		NSMutableArray<UNNotificationAction *> *actions = [NSMutableArray array];
		for (NSUInteger i = 0; i < keys.count && i < labels.count; i++) {
			[actions addObject:[UNNotificationAction actionWithIdentifier:keys[i] title:labels[i] options:UNNotificationActionOptionNone]];
		}
		known[name] = [UNNotificationCategory categoryWithIdentifier:name
		                                                     actions:actions
		                                           intentIdentifiers:@[]
		                                                     options:UNNotificationCategoryOptionCustomDismissAction];
		[c setNotificationCategories:[NSSet setWithArray:known.allValues]];
	}
	return name;
}

// list takes a joined list apart. An empty text is an empty list.
static NSArray<NSString *> *list(const char *joined) {
	NSString *text = @(joined);
	return text.length == 0 ? @[] : [text componentsSeparatedByString:@"\x1f"];
}

int sandglass_center_open(void) {
	@autoreleasepool {
		return center() == nil ? SANDGLASS_NO_BUNDLE : SANDGLASS_OK;
	}
}

int sandglass_center_allowed(void) {
	@autoreleasepool {
		UNUserNotificationCenter *c = center();
		return c == nil ? SANDGLASS_NO_BUNDLE : allowed(c);
	}
}

int sandglass_center_show(const char *identifier, const char *title, const char *body, const char *keys, const char *labels) {
	@autoreleasepool {
		UNUserNotificationCenter *c = center();
		if (c == nil) {
			return SANDGLASS_NO_BUNDLE;
		}
		@try {
			ask(c);
			int may = allowed(c);
			if (may != SANDGLASS_OK) {
				return may;
			}
			UNMutableNotificationContent *content = [UNMutableNotificationContent new];
			content.title = @(title);
			content.body = @(body);
			content.categoryIdentifier = category(c, list(keys), list(labels));
			content.userInfo = @{firstKey : list(keys).firstObject ?: @""};
			dispatch_semaphore_t answered = dispatch_semaphore_create(0);
			__block int said = SANDGLASS_BROKEN;
			[c addNotificationRequest:[UNNotificationRequest requestWithIdentifier:@(identifier) content:content trigger:nil]
			    withCompletionHandler:^(NSError *error) {
				said = error == nil ? SANDGLASS_OK : SANDGLASS_BROKEN;
				dispatch_semaphore_signal(answered);
			}];
			int waited = await(answered);
			return waited == SANDGLASS_OK ? said : waited;
		} @catch (NSException *e) {
			return SANDGLASS_BROKEN;
		}
	}
}

int sandglass_center_remove(const char *identifier) {
	@autoreleasepool {
		UNUserNotificationCenter *c = center();
		if (c == nil) {
			return SANDGLASS_NO_BUNDLE;
		}
		NSArray<NSString *> *one = @[ @(identifier) ];
		[c removePendingNotificationRequestsWithIdentifiers:one];
		[c removeDeliveredNotificationsWithIdentifiers:one];
		return SANDGLASS_OK;
	}
}
