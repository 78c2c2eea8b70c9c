import { type Answers, arn, characters, lowerCase, physicalName, text } from "./answer.ts";

/** API Gateway's HTTP APIs. */
export const gatewayAnswers: Answers = {
  "aws:apigatewayv2/api:Api": (declared, place) => {
    const id = characters(declared, 10, lowerCase);
    return {
      id,
      outputs: {
        name: physicalName(declared),
        apiEndpoint: `https://${id}.execute-api.${place.region}.amazonaws.com`,
        arn: `arn:aws:apigateway:${place.region}::/apis/${id}`,
        executionArn: arn(place, "execute-api", id),
      },
    };
  },
  "aws:apigatewayv2/authorizer:Authorizer": (declared) => ({ id: characters(declared, 6, lowerCase) }),
  "aws:apigatewayv2/integration:Integration": (declared) => ({ id: characters(declared, 7, lowerCase) }),
  "aws:apigatewayv2/route:Route": (declared) => ({ id: characters(declared, 7, lowerCase) }),
  "aws:apigatewayv2/stage:Stage": (declared) => ({ id: text(declared, "name") }),
};
