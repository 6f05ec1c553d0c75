import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { settings } from './settings.ts';

const client = new SNSClient({});

/** Posts a report. @throws Error, upon which Lambda calls the function again */
export const publish = async (subject: string, message: string): Promise<void> => {
  await client.send(
    new PublishCommand({ TopicArn: settings().topicArn, Subject: subject, Message: message }),
  );
};
