import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { type Member, maxMembers } from "../../domain/album.ts";
import type { AlbumId, UserId } from "../../domain/photo.ts";
import { aliveAlbum } from "./album-item.ts";
import { countedAt } from "./counted-at.ts";
import { namesIn, updateExpression } from "./expressions.ts";
import { albumKey, type Item, memberKey, userKey } from "./keys.ts";
import { userPlacement } from "./user-item.ts";

/* The parts that transactions on albums and their members are made of. */

export function countMember(TableName: string, id: AlbumId, difference: 1 | -1, at: Date): TransactWriteItem {
  const { expression, values } = updateExpression(countedAt(at), []);
  const update = `${expression} ADD #memberCount :difference`;
  const condition = difference > 0 ? `${aliveAlbum} AND #memberCount < :most` : aliveAlbum;
  return {
    Update: {
      TableName,
      Key: albumKey(id),
      UpdateExpression: update,
      ConditionExpression: condition,
      ExpressionAttributeNames: namesIn(update, condition),
      ExpressionAttributeValues: {
        ...values,
        ":difference": { N: String(difference) },
        ...(difference > 0 && { ":most": { N: String(maxMembers) } }),
      },
    },
  };
}

export function whileAlive(TableName: string, id: AlbumId): TransactWriteItem {
  return {
    ConditionCheck: {
      TableName,
      Key: albumKey(id),
      ConditionExpression: aliveAlbum,
      ExpressionAttributeNames: namesIn(aliveAlbum),
    },
  };
}

/** So that the reconciler finds the albums of whoever has nothing else yet. */
export function placeUser(TableName: string, userId: UserId): TransactWriteItem {
  const { expression, values } = updateExpression(userPlacement(userId), []);
  return {
    Update: {
      TableName,
      Key: userKey(userId),
      UpdateExpression: expression,
      ExpressionAttributeNames: namesIn(expression),
      ExpressionAttributeValues: values,
    },
  };
}

export function putNew(TableName: string, Item: Item): TransactWriteItem {
  const condition = "attribute_not_exists(#pk)";
  return { Put: { TableName, Item, ConditionExpression: condition, ExpressionAttributeNames: namesIn(condition) } };
}

export function putHeld(TableName: string, Item: Item, held: Member["role"]): TransactWriteItem {
  return { Put: { TableName, Item, ...whileHeld(held) } };
}

export function deleteHeld(TableName: string, id: AlbumId, userId: UserId, held: Member["role"]): TransactWriteItem {
  return { Delete: { TableName, Key: memberKey(id, userId), ...whileHeld(held) } };
}

function whileHeld(held: Member["role"]) {
  const condition = "#role = :held";
  return {
    ConditionExpression: condition,
    ExpressionAttributeNames: namesIn(condition),
    ExpressionAttributeValues: { ":held": { S: held } },
  };
}
